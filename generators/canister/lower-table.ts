// plumbing: from statements about the table to bytes
import { VALUE_TYPE_CODES } from '../../spec/wasm/types.js';
import type { FunctionLowering, StatementOf } from './lower.js';

/** Appends the code of a statement that changes the table, or drops a segment for it. */
export function lowerTableStatement(
  f: FunctionLowering,
  s: StatementOf<'table.set' | 'table.grow' | 'table.init' | 'table.copy' | 'table.fill' | 'elem.drop'>,
): void {
  if (s.kind !== 'elem.drop') f.needTable(s.kind);
  switch (s.kind) {
    case 'table.set':
      f.tableIndices(s.index);
      reference(f, s.function);
      f.op('table.set');
      return f.out.byte(0);
    case 'table.grow':
      reference(f, s.function);
      f.tableIndices(s.by);
      f.op('table.grow');
      f.out.byte(0);
      return f.takeResult('i32', undefined, s.log);
    case 'table.init':
      f.segment('elements', s.segment);
      f.tableIndices(s.to, s.from, s.size);
      f.op('table.init');
      f.out.u32(s.segment);
      return f.out.byte(0);
    case 'table.copy':
      f.tableIndices(s.to, s.from, s.size);
      f.op('table.copy');
      f.out.byte(0);
      return f.out.byte(0);
    case 'table.fill':
      f.tableIndices(s.to);
      reference(f, s.function);
      f.tableIndices(s.size);
      f.op('table.fill');
      return f.out.byte(0);
    case 'elem.drop':
      f.segment('elements', s.segment);
      f.op('elem.drop');
      return f.out.u32(s.segment);
  }
}

function reference(f: FunctionLowering, name: string | null): void {
  if (name === null) {
    f.op('ref.null');
    return f.out.byte(VALUE_TYPE_CODES.funcref);
  }
  const index = f.module.functionIndex(name, f.where);
  f.module.referenced.add(index);
  f.op('ref.func');
  f.out.u32(index);
}
