// plumbing: from statements about the Wasm memory to bytes
import type { FunctionLowering, StatementOf } from './lower.js';

const STORES = { 1: 'i64.store8', 2: 'i64.store16', 4: 'i64.store32', 8: 'i64.store' } as const;

/** Appends the code of a statement that changes the memory, or drops a segment for it. */
export function lowerMemoryStatement(
  f: FunctionLowering,
  s: StatementOf<'store' | 'memory.grow' | 'memory.fill' | 'memory.copy' | 'memory.init' | 'data.drop'>,
): void {
  if (s.kind !== 'data.drop') f.needMemory(s.kind);
  switch (s.kind) {
    case 'store':
      f.addresses(s.address);
      f.expression(s.value, 'i64');
      f.op(STORES[s.bytes]);
      return f.memarg(0);
    case 'memory.grow':
      f.addresses(s.pages);
      f.op('memory.grow');
      f.out.byte(0);
      return f.takeResult(f.module.width, s.into, s.log);
    case 'memory.fill':
      f.addresses(s.address);
      f.expression(s.byte, 'i32');
      f.addresses(s.size);
      f.op('memory.fill');
      return f.out.byte(0);
    case 'memory.copy':
      f.addresses(s.to, s.from, s.size);
      f.op('memory.copy');
      f.out.byte(0);
      return f.out.byte(0);
    case 'memory.init':
      f.segment('data', s.segment);
      f.addresses(s.to);
      f.tableIndices(s.from, s.size);
      f.op('memory.init');
      f.out.u32(s.segment);
      return f.out.byte(0);
    case 'data.drop':
      f.segment('data', s.segment);
      f.op('data.drop');
      return f.out.u32(s.segment);
  }
}
