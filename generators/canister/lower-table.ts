// plumbing: from statements about the table to bytes
import type { Statement } from '../../spec/vocabulary/program.js';
import { VALUE_TYPE_CODES } from '../../spec/wasm/types.js';
import type { FunctionLowering } from './lower.js';

/** Appends the code of a statement that changes the table. */
export function lowerTableStatement(f: FunctionLowering, s: Extract<Statement, { kind: `table.${string}` }>): void {
  f.needTable(s.kind);
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
