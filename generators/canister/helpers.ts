// plumbing: the functions that the compiler adds to a module
import type { Bytes } from './bytes.js';
import { FunctionLowering } from './lower.js';
import type { Helper, ModuleContext } from './module-context.js';
import type { ProgramFunction } from '../../spec/vocabulary/program.js';

const NO_BLOCK_TYPE = 0x40;
/** Locals of the recursive function: with so many a few activations use up a stack budget. */
const FAT_LOCALS = Array.from({ length: 400 }, () => 'i64' as const);

/** Appends a helper's entry of the code section. */
export function lowerHelper(module: ModuleContext, helper: Helper, scratch: Bytes, section: Bytes): void {
  bodyOf(module, helper, scratch).lower(section);
}

function bodyOf(module: ModuleContext, helper: Helper, scratch: Bytes): FunctionLowering {
  switch (helper) {
    case 'log':
      return logValue(module, scratch);
    case 'log memory':
      return logMemory(module, scratch);
    case 'recursion':
      return recursion(module, scratch);
  }
}

function lowering(
  module: ModuleContext,
  helper: Helper,
  locals: ProgramFunction['locals'],
  scratch: Bytes,
): FunctionLowering {
  const f: ProgramFunction = { name: `(${helper})`, type: module.helperType(helper), locals, body: [] };
  return new FunctionLowering(module, f, false, scratch);
}

function op32or64(f: FunctionLowering, address: () => void): void {
  address();
  if (f.module.width === 'i32') f.op('i32.wrap_i64');
}

/** (value : i64) -> (): appends 8 bytes, or nothing when they do not fit. */
function logValue(module: ModuleContext, scratch: Bytes): FunctionLowering {
  const f = lowering(module, 'log', ['i64'], scratch);
  const { at, bytes } = module.program.log ?? { at: 0, bytes: 0 };
  const [value, used] = [0, 1];
  f.needMemory('the log');
  f.address(BigInt(at));
  f.op('i64.load');
  f.memarg(3);
  f.op('local.tee');
  f.out.u32(used);
  f.i64(BigInt(bytes - 8));
  f.op('i64.le_s');
  f.op('if');
  f.out.byte(NO_BLOCK_TYPE);
  op32or64(f, () => f.localGet(used));
  f.localGet(value);
  f.op('i64.store');
  f.memarg(0, BigInt(at + 8));
  f.address(BigInt(at));
  f.localGet(used);
  f.i64(8n);
  f.op('i64.add');
  f.op('i64.store');
  f.memarg(3);
  f.op('end');
  return f;
}

/** (address : i64, size : i64) -> (): appends a copy of the range, or nothing when it does not fit. */
function logMemory(module: ModuleContext, scratch: Bytes): FunctionLowering {
  const f = lowering(module, 'log memory', ['i64'], scratch);
  const { at, bytes } = module.program.log ?? { at: 0, bytes: 0 };
  const [address, size, used] = [0, 1, 2];
  f.needMemory('the log');
  f.address(BigInt(at));
  f.op('i64.load');
  f.memarg(3);
  f.op('local.set');
  f.out.u32(used);
  f.localGet(size);
  f.i64(BigInt(bytes));
  f.localGet(used);
  f.op('i64.sub');
  f.op('i64.le_u');
  f.op('if');
  f.out.byte(NO_BLOCK_TYPE);
  op32or64(f, () => {
    f.localGet(used);
    f.i64(BigInt(at + 8));
    f.op('i64.add');
  });
  op32or64(f, () => f.localGet(address));
  op32or64(f, () => f.localGet(size));
  f.op('memory.copy');
  f.out.byte(0);
  f.out.byte(0);
  f.address(BigInt(at));
  f.localGet(used);
  f.localGet(size);
  f.op('i64.add');
  f.op('i64.store');
  f.memarg(3);
  f.op('end');
  return f;
}

function recursion(module: ModuleContext, scratch: Bytes): FunctionLowering {
  const f = lowering(module, 'recursion', FAT_LOCALS, scratch);
  f.callFunction(module.helperIndex('recursion'));
  return f;
}
