// table: code for each way to trap
import type { TrapMeans } from '../../spec/vocabulary/program.js';
import { TRAP_MEANS } from '../../spec/vocabulary/program.js';
import type { FunctionLowering } from './lower.js';

const NO_BLOCK_TYPE = 0x40;
/** Bits of a NaN as f64, and of 2^64 as f32. */
const F64_NAN = 0x7ff8000000000000n;
const F32_2_POW_64 = 0x5f800000n;

/** Each costs an instruction and no time: with them two million instructions are soon used up. */
const LOOP_NOPS = 100;

/** What a program must have for a way to trap. */
export function needsOf(means: TrapMeans): 'memory' | 'table' | undefined {
  const row = TRAP_MEANS[means];
  return 'needs' in row ? row.needs : undefined;
}

/** Appends code that traps for certain. */
export function lowerTrap(f: FunctionLowering, means: TrapMeans): void {
  const needs = needsOf(means);
  if (needs === 'memory') f.needMemory(means);
  if (needs === 'table') f.needTable(means);
  CODE[means](f);
}

/** The code of each. */
const CODE: Readonly<Record<TrapMeans, (f: FunctionLowering) => void>> = {
  unreachable: (f) => f.op('unreachable'),
  'i32.div_s by zero': (f) => {
    f.i32(7);
    f.i32(0);
    f.op('i32.div_s');
    f.op('drop');
  },
  'i64.rem_u by zero': (f) => {
    f.i64(7n);
    f.i64(0n);
    f.op('i64.rem_u');
    f.op('drop');
  },
  'i32.div_s overflow': (f) => {
    f.i32(-0x80000000);
    f.i32(-1);
    f.op('i32.div_s');
    f.op('drop');
  },
  'i64.div_s overflow': (f) => {
    f.i64(-(1n << 63n));
    f.i64(-1n);
    f.op('i64.div_s');
    f.op('drop');
  },
  'i32.trunc_f64_s of NaN': (f) => {
    f.op('f64.const');
    f.out.little(F64_NAN, 8);
    f.op('i32.trunc_f64_s');
    f.op('drop');
  },
  'i64.trunc_f32_u of 2^64': (f) => {
    f.op('f32.const');
    f.out.little(F32_2_POW_64, 4);
    f.op('i64.trunc_f32_u');
    f.op('drop');
  },
  'load beyond the end': (f) => {
    memoryEnd(f);
    f.op('i32.load8_u');
    f.memarg(0);
    f.op('drop');
  },
  'store beyond the end': (f) => {
    memoryEnd(f);
    f.i64(-1n);
    f.op('i64.store');
    f.memarg(3);
  },
  'v128.load beyond the end': (f) => {
    f.address(-1n);
    f.op('v128.load');
    f.memarg(4, 1n);
    f.op('drop');
  },
  'memory.fill beyond the end': (f) => {
    memoryEnd(f);
    f.i32(0xa5);
    f.address(1n);
    f.op('memory.fill');
    f.out.byte(0);
  },
  'memory.copy beyond the end': (f) => {
    f.address(0n);
    memoryEnd(f);
    f.address(1n);
    f.op('memory.copy');
    f.out.byte(0);
    f.out.byte(0);
  },
  'memory.init of a dropped segment': (f) => {
    f.address(0n);
    f.i32(0);
    f.i32(1);
    f.op('memory.init');
    f.out.u32(f.module.droppedDataSegment());
    f.out.byte(0);
  },
  'table.get beyond the end': (f) => {
    f.op('table.size');
    f.out.byte(0);
    f.op('table.get');
    f.out.byte(0);
    f.op('drop');
  },
  'call_indirect beyond the end': (f) => {
    f.op('table.size');
    f.out.byte(0);
    f.callIndirect();
  },
  'call_indirect of null': (f) => callEntry(f, (entry) => entry === null),
  'call_indirect of another type': (f) => callEntry(f, (entry) => entry !== null && !f.module.isEntryType(entry)),
  recursion: (f) => f.callFunction(f.module.helperIndex('recursion')),
  'endless loop': (f) => {
    f.op('loop');
    f.out.byte(NO_BLOCK_TYPE);
    for (let k = 0; k < LOOP_NOPS; k++) f.op('nop');
    f.op('br');
    f.out.u32(0);
    f.op('end');
  },
  'endless memory.fill': (f) => {
    f.op('loop');
    f.out.byte(NO_BLOCK_TYPE);
    f.address(0n);
    f.i32(0x5a);
    memoryEnd(f);
    f.op('memory.fill');
    f.out.byte(0);
    f.op('br');
    f.out.u32(0);
    f.op('end');
  },
};

/** Leaves the memory's size in bytes as an address. */
function memoryEnd(f: FunctionLowering): void {
  f.expression({ kind: 'memory bytes' }, f.module.width);
}

/** Calls through the first entry of the initial table that fits, or beyond the end where none does. */
function callEntry(f: FunctionLowering, fits: (entry: string | null) => boolean): void {
  const { table } = f.module.program;
  const entries = table?.entries ?? [];
  const position = entries.findIndex(fits);
  const size = table?.size ?? 0;
  const nullEntry = entries.length < size ? entries.length : size;
  f.i32(position >= 0 ? position : fits(null) ? nullEntry : size);
  f.callIndirect();
}
