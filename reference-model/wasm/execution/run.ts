// spec-shaped: the run loop: executing instructions — WebAssembly "Execution: Instructions"
//
// The code form is in code.ts. The loop must stay small: V8 never optimises a function over 61,440 bytes of bytecode
// (run.spec.ts guards it). So one line for each instruction, and what is rare is in functions and handlers elsewhere.

import { WASM_PAGE_BYTES } from '../../../spec/wasm/types.js';
import * as conversions from '../numerics/conversions.js';
import { maximum, minimum, nearest, setF32, setF64 } from '../numerics/floats.js';
import * as i32 from '../numerics/i32.js';
import * as i64 from '../numerics/i64.js';
import type { FunctionInstance, GlobalInstance } from '../runtime/instances.js';
import type { Instance } from '../runtime/instance.js';
import type { Page } from '../runtime/memory.js';
import type { Meter } from '../runtime/meter.js';
import type { SlotStack } from '../runtime/slots.js';
import { WasmTrap } from '../runtime/trap.js';
import { addWideOffset, load, outOfBounds, PER_PAGE, store, wideAddress } from './access.js';
import type { CompiledFunction } from './code.js';
import { HostCallView } from './host.js';
import { HANDLERS, Machine, type Handler } from './machine.js';
import { VECTOR_HANDLERS, type VectorHandler } from './vectors.js';

/** What the run loop has before it enters the first function. */
const NO_CODE: Int32Array = new Int32Array(8);

/**
 * Runs a function that a module defines to its end. Its arguments stand at the start of the stack, where its results will be.
 * @param budget slots that all activations together may cost
 * @throws WasmTrap; the meter then holds what was used
 */
export function run(entry: FunctionInstance, stack: SlotStack, meter: Meter, budget: number): void {
  const { I, B, F32, F64 } = stack;
  const limit = meter.ceiling;
  const host = new HostCallView(stack);
  const machine = new Machine(stack, meter);
  // Activations that wait for a call to return.
  const callers: FunctionInstance[] = [];
  const positions: number[] = [];
  const bases: number[] = [];
  let depth = 0;
  let budgetUsed = 0;
  // The instance of the running function, and what is often needed of it.
  let instance = entry.instance as Instance;
  let { functions, globalInstances: globals, memoryZero: memory } = instance;
  let { pages, epoch, byteLength: size } = memory;
  let wide = instance.wide;
  // The running activation.
  let current = entry;
  let code = NO_CODE;
  let pc = 0;
  let fp = 0;
  // A call under way: the callee and where its frame starts.
  let callee = entry;
  let base = 0;
  let used = meter.count;
  // Whether the meter knows what was used: while a handler or a host function runs.
  let synced = false;
  try {
    for (;;) {
      // Entering a function. Host functions run at once.
      if (callee.host !== undefined) {
        meter.count = used;
        synced = true;
        host.enter(instance, base);
        callee.host.call(host);
        synced = false;
        used = meter.count;
        ({ pages, epoch, byteLength: size } = memory);
      } else {
        const compiled: CompiledFunction = callee.compiled ?? callee.compile();
        budgetUsed += compiled.stackCost;
        if (budgetUsed > budget) throw new WasmTrap('stack-budget');
        callers[depth] = current;
        positions[depth] = pc;
        bases[depth] = fp;
        depth++;
        if (callee.instance !== instance) {
          instance = callee.instance as Instance;
          ({ functions, globalInstances: globals, memoryZero: memory } = instance);
          ({ pages, epoch, byteLength: size } = memory);
          wide = instance.wide;
        }
        current = callee;
        code = compiled.code;
        pc = 0;
        fp = base;
        for (let at = fp + compiled.paramWords, end = fp + compiled.localWords; at < end; at++) I[at] = 0;
      }
      // prettier-ignore
      running: for (;;) {
        // Where the next words are places; as 32-bit sums, so that a constant there does not make doubles of them.
        const op = code[pc] as number;
        const d = (fp + (code[pc + 1] as number)) | 0;
        const a = (fp + (code[pc + 2] as number)) | 0;
        const b = (fp + (code[pc + 3] as number)) | 0;
        switch (op) {
        // Control. The first operand of a branch is in the place of d.
        case 0x00: /* unreachable */ throw new WasmTrap('unreachable');
        case 0x02: /* block start */ used += code[pc + 1] as number; pc += 2; continue;
        case 0x03: /* loop, function start */ used += code[pc + 1] as number; if (used > limit) throw new WasmTrap('instruction-limit'); pc += 2; continue;
        case 0x04: /* if, br_unless */ if (I[d] === 0) pc = code[pc + 2] as number; else { used += code[pc + 3] as number; pc += 4; } continue;
        case 0x05: /* br */ pc = code[pc + 1] as number; continue;
        case 0x0d: /* br_if */ if (I[d] !== 0) pc = code[pc + 2] as number; else { used += code[pc + 3] as number; pc += 4; } continue;
        case 0x0e: /* br_table */ pc = code[pc + 3 + Math.min((I[d] as number) >>> 0, code[pc + 2] as number)] as number; continue;
        case 0x0f: /* return */ {
          const words = code[pc + 2] as number;
          for (let k = 0; k < words; k++) I[fp + k] = I[d + k] as number;
          budgetUsed -= (current.compiled as CompiledFunction).stackCost;
          depth--;
          if (depth === 0) return;
          current = callers[depth] as FunctionInstance;
          pc = positions[depth] as number;
          fp = bases[depth] as number;
          code = (current.compiled as CompiledFunction).code;
          if (current.instance !== instance) {
            instance = current.instance as Instance;
            ({ functions, globalInstances: globals, memoryZero: memory } = instance);
            ({ pages, epoch, byteLength: size } = memory);
            wide = instance.wide;
          }
          continue;
        }
        case 0x10: /* call */ callee = functions[code[pc + 1] as number] as FunctionInstance; base = a; pc += 3; break running;
        case 0x11: /* call_indirect */ callee = instance.callee(code[pc + 1] as number, code[pc + 2] as number, I, b); base = fp + (code[pc + 4] as number); pc += 5; break running;
        // Parametric instructions and variables
        case 0x1b: /* select */ { const from = I[fp + (code[pc + 4] as number)] !== 0 ? a : b; const h = I[from + 1] as number; I[d] = I[from] as number; I[d + 1] = h; pc += 5; continue; }
        case 0x1c: /* select, v128 */ { const from = I[fp + (code[pc + 4] as number)] !== 0 ? a : b; I.copyWithin(d, from, from + 4); pc += 5; continue; }
        case 0x20: /* copy */ I[d] = I[a] as number; I[d + 1] = I[a + 1] as number; pc += 3; continue;
        case 0x21: /* copy words */ I.copyWithin(d, a, a + (code[pc + 3] as number)); pc += 4; continue;
        case 0x23: /* global.get */ { const g = globals[code[pc + 2] as number] as GlobalInstance; I[d] = g.words[g.at] as number; I[d + 1] = g.words[g.at + 1] as number; pc += 3; continue; }
        case 0x24: /* global.set */ { const g = globals[code[pc + 2] as number] as GlobalInstance; g.words[g.at] = I[d] as number; g.words[g.at + 1] = I[d + 1] as number; pc += 3; continue; }
        case 0x25: /* global.get, v128 */ { const g = globals[code[pc + 2] as number] as GlobalInstance; for (let k = 0; k < 4; k++) I[d + k] = g.words[g.at + k] as number; pc += 3; continue; }
        case 0x26: /* global.set, v128 */ { const g = globals[code[pc + 2] as number] as GlobalInstance; for (let k = 0; k < 4; k++) g.words[g.at + k] = I[d + k] as number; pc += 3; continue; }
        // Memory: what stays within a page here, the rest in access.ts
        case 0x28: /* i32.load */ case 0x2a: /* f32.load */ {
          const ea = wide ? wideAddress(I, a, code[pc + 3] as number) : ((I[a] as number) >>> 0) + ((code[pc + 3] as number) >>> 0);
          if (ea + 4 > size) throw outOfBounds();
          const o = ea & 0xfff;
          if (o <= 0xffc) I[d] = (pages[(ea * PER_PAGE) | 0] as Page).view.getInt32(o, true); else load(memory, op, I, d, ea);
          pc += 4; continue;
        }
        case 0x29: /* i64.load */ case 0x2b: /* f64.load */ {
          const ea = wide ? wideAddress(I, a, code[pc + 3] as number) : ((I[a] as number) >>> 0) + ((code[pc + 3] as number) >>> 0);
          if (ea + 8 > size) throw outOfBounds();
          const o = ea & 0xfff;
          if (o <= 0xff8) { const { view } = pages[(ea * PER_PAGE) | 0] as Page; I[d] = view.getInt32(o, true); I[d + 1] = view.getInt32(o + 4, true); } else load(memory, op, I, d, ea);
          pc += 4; continue;
        }
        case 0x2d: /* i32.load8_u */ {
          const ea = wide ? wideAddress(I, a, code[pc + 3] as number) : ((I[a] as number) >>> 0) + ((code[pc + 3] as number) >>> 0);
          if (ea >= size) throw outOfBounds();
          I[d] = (pages[(ea * PER_PAGE) | 0] as Page).bytes[ea & 0xfff] as number;
          pc += 4; continue;
        }
        case 0x2c: case 0x2e: case 0x2f: case 0x30: case 0x31: case 0x32: case 0x33: case 0x34: case 0x35: /* other loads */
          load(memory, op, I, d, wide ? wideAddress(I, a, code[pc + 3] as number) : ((I[a] as number) >>> 0) + ((code[pc + 3] as number) >>> 0)); pc += 4; continue;
        case 0x36: /* i32.store */ case 0x38: /* f32.store */ {
          const ea = wide ? wideAddress(I, d, code[pc + 3] as number) : ((I[d] as number) >>> 0) + ((code[pc + 3] as number) >>> 0);
          if (ea + 4 > size) throw outOfBounds();
          const o = ea & 0xfff;
          const page = pages[(ea * PER_PAGE) | 0] as Page;
          if (page.owner === epoch && o <= 0xffc) { page.view.setInt32(o, I[a] as number, true); page.dirty = true; } else { store(memory, op, I, a, ea); pages = memory.pages; }
          pc += 4; continue;
        }
        case 0x37: /* i64.store */ case 0x39: /* f64.store */ {
          const ea = wide ? wideAddress(I, d, code[pc + 3] as number) : ((I[d] as number) >>> 0) + ((code[pc + 3] as number) >>> 0);
          if (ea + 8 > size) throw outOfBounds();
          const o = ea & 0xfff;
          const page = pages[(ea * PER_PAGE) | 0] as Page;
          if (page.owner === epoch && o <= 0xff8) { page.view.setInt32(o, I[a] as number, true); page.view.setInt32(o + 4, I[a + 1] as number, true); page.dirty = true; } else { store(memory, op, I, a, ea); pages = memory.pages; }
          pc += 4; continue;
        }
        case 0x3a: case 0x3b: case 0x3c: case 0x3d: case 0x3e: /* other stores */
          store(memory, op, I, a, wide ? wideAddress(I, d, code[pc + 3] as number) : ((I[d] as number) >>> 0) + ((code[pc + 3] as number) >>> 0)); pages = memory.pages; pc += 4; continue;
        case 0x3f: /* memory.size */ I[d] = size / WASM_PAGE_BYTES; I[d + 1] = 0; pc += 2; continue;
        case 0x40: /* memory.grow */ instance.growMemory(I, d, a); ({ pages, byteLength: size } = memory); pc += 3; continue;
        case 0x41: /* i32.const, f32.const */ I[d] = code[pc + 2] as number; pc += 3; continue;
        case 0x42: /* i64.const, f64.const */ I[d] = code[pc + 2] as number; I[d + 1] = code[pc + 3] as number; pc += 4; continue;
        case 0x43: /* wide offset */ addWideOffset(I, d, a, code[pc + 3] as number, code[pc + 4] as number); pc += 5; continue;
        // Numeric instructions
        case 0x45: /* i32.eqz */ I[d] = I[a] === 0 ? 1 : 0; pc += 3; continue;
        case 0x46: /* i32.eq */ I[d] = I[a] === I[b] ? 1 : 0; pc += 4; continue;
        case 0x47: /* i32.ne */ I[d] = I[a] !== I[b] ? 1 : 0; pc += 4; continue;
        case 0x48: /* i32.lt_s */ I[d] = (I[a] as number) < (I[b] as number) ? 1 : 0; pc += 4; continue;
        case 0x49: /* i32.lt_u */ I[d] = (I[a] as number) >>> 0 < (I[b] as number) >>> 0 ? 1 : 0; pc += 4; continue;
        case 0x4a: /* i32.gt_s */ I[d] = (I[a] as number) > (I[b] as number) ? 1 : 0; pc += 4; continue;
        case 0x4b: /* i32.gt_u */ I[d] = (I[a] as number) >>> 0 > (I[b] as number) >>> 0 ? 1 : 0; pc += 4; continue;
        case 0x4c: /* i32.le_s */ I[d] = (I[a] as number) <= (I[b] as number) ? 1 : 0; pc += 4; continue;
        case 0x4d: /* i32.le_u */ I[d] = (I[a] as number) >>> 0 <= (I[b] as number) >>> 0 ? 1 : 0; pc += 4; continue;
        case 0x4e: /* i32.ge_s */ I[d] = (I[a] as number) >= (I[b] as number) ? 1 : 0; pc += 4; continue;
        case 0x4f: /* i32.ge_u */ I[d] = (I[a] as number) >>> 0 >= (I[b] as number) >>> 0 ? 1 : 0; pc += 4; continue;
        case 0x50: /* i64.eqz */ I[d] = I[a] === 0 && I[a + 1] === 0 ? 1 : 0; pc += 3; continue;
        case 0x51: /* i64.eq */ I[d] = I[a] === I[b] && I[a + 1] === I[b + 1] ? 1 : 0; pc += 4; continue;
        case 0x52: /* i64.ne */ I[d] = I[a] === I[b] && I[a + 1] === I[b + 1] ? 0 : 1; pc += 4; continue;
        case 0x53: /* i64.lt_s */ I[d] = i64.compareSigned(I, a, b) < 0 ? 1 : 0; pc += 4; continue;
        case 0x54: /* i64.lt_u */ I[d] = i64.compareUnsigned(I, a, b) < 0 ? 1 : 0; pc += 4; continue;
        case 0x55: /* i64.gt_s */ I[d] = i64.compareSigned(I, a, b) > 0 ? 1 : 0; pc += 4; continue;
        case 0x56: /* i64.gt_u */ I[d] = i64.compareUnsigned(I, a, b) > 0 ? 1 : 0; pc += 4; continue;
        case 0x57: /* i64.le_s */ I[d] = i64.compareSigned(I, a, b) <= 0 ? 1 : 0; pc += 4; continue;
        case 0x58: /* i64.le_u */ I[d] = i64.compareUnsigned(I, a, b) <= 0 ? 1 : 0; pc += 4; continue;
        case 0x59: /* i64.ge_s */ I[d] = i64.compareSigned(I, a, b) >= 0 ? 1 : 0; pc += 4; continue;
        case 0x5a: /* i64.ge_u */ I[d] = i64.compareUnsigned(I, a, b) >= 0 ? 1 : 0; pc += 4; continue;
        case 0x5b: /* f32.eq */ I[d] = F32[a] === F32[b] ? 1 : 0; pc += 4; continue;
        case 0x5c: /* f32.ne */ I[d] = F32[a] !== F32[b] ? 1 : 0; pc += 4; continue;
        case 0x5d: /* f32.lt */ I[d] = (F32[a] as number) < (F32[b] as number) ? 1 : 0; pc += 4; continue;
        case 0x5e: /* f32.gt */ I[d] = (F32[a] as number) > (F32[b] as number) ? 1 : 0; pc += 4; continue;
        case 0x5f: /* f32.le */ I[d] = (F32[a] as number) <= (F32[b] as number) ? 1 : 0; pc += 4; continue;
        case 0x60: /* f32.ge */ I[d] = (F32[a] as number) >= (F32[b] as number) ? 1 : 0; pc += 4; continue;
        case 0x61: /* f64.eq */ I[d] = F64[a >> 1] === F64[b >> 1] ? 1 : 0; pc += 4; continue;
        case 0x62: /* f64.ne */ I[d] = F64[a >> 1] !== F64[b >> 1] ? 1 : 0; pc += 4; continue;
        case 0x63: /* f64.lt */ I[d] = (F64[a >> 1] as number) < (F64[b >> 1] as number) ? 1 : 0; pc += 4; continue;
        case 0x64: /* f64.gt */ I[d] = (F64[a >> 1] as number) > (F64[b >> 1] as number) ? 1 : 0; pc += 4; continue;
        case 0x65: /* f64.le */ I[d] = (F64[a >> 1] as number) <= (F64[b >> 1] as number) ? 1 : 0; pc += 4; continue;
        case 0x66: /* f64.ge */ I[d] = (F64[a >> 1] as number) >= (F64[b >> 1] as number) ? 1 : 0; pc += 4; continue;
        case 0x67: /* i32.clz */ I[d] = Math.clz32((I[a] as number)); pc += 3; continue;
        case 0x68: /* i32.ctz */ I[d] = i64.ctz32((I[a] as number)); pc += 3; continue;
        case 0x69: /* i32.popcnt */ I[d] = i64.popcnt32((I[a] as number)); pc += 3; continue;
        case 0x6a: /* i32.add */ I[d] = (I[a] as number) + (I[b] as number); pc += 4; continue;
        case 0x6b: /* i32.sub */ I[d] = (I[a] as number) - (I[b] as number); pc += 4; continue;
        case 0x6c: /* i32.mul */ I[d] = Math.imul((I[a] as number), (I[b] as number)); pc += 4; continue;
        case 0x6d: /* i32.div_s */ I[d] = i32.divideSigned((I[a] as number), (I[b] as number)); pc += 4; continue;
        case 0x6e: /* i32.div_u */ I[d] = i32.divideUnsigned((I[a] as number), (I[b] as number)); pc += 4; continue;
        case 0x6f: /* i32.rem_s */ I[d] = i32.remainderSigned((I[a] as number), (I[b] as number)); pc += 4; continue;
        case 0x70: /* i32.rem_u */ I[d] = i32.remainderUnsigned((I[a] as number), (I[b] as number)); pc += 4; continue;
        case 0x71: /* i32.and */ I[d] = (I[a] as number) & (I[b] as number); pc += 4; continue;
        case 0x72: /* i32.or */ I[d] = (I[a] as number) | (I[b] as number); pc += 4; continue;
        case 0x73: /* i32.xor */ I[d] = (I[a] as number) ^ (I[b] as number); pc += 4; continue;
        case 0x74: /* i32.shl */ I[d] = (I[a] as number) << (I[b] as number); pc += 4; continue;
        case 0x75: /* i32.shr_s */ I[d] = (I[a] as number) >> (I[b] as number); pc += 4; continue;
        case 0x76: /* i32.shr_u */ I[d] = (I[a] as number) >>> (I[b] as number); pc += 4; continue;
        case 0x77: /* i32.rotl */ I[d] = ((I[a] as number) << (I[b] as number)) | ((I[a] as number) >>> -(I[b] as number)); pc += 4; continue;
        case 0x78: /* i32.rotr */ I[d] = ((I[a] as number) >>> (I[b] as number)) | ((I[a] as number) << -(I[b] as number)); pc += 4; continue;
        case 0x79: /* i64.clz */ i64.countLeadingZeros(I, d, a); pc += 3; continue;
        case 0x7a: /* i64.ctz */ i64.countTrailingZeros(I, d, a); pc += 3; continue;
        case 0x7b: /* i64.popcnt */ i64.populationCount(I, d, a); pc += 3; continue;
        case 0x7c: /* i64.add */ { const l = (I[a] as number) + (I[b] as number) | 0; I[d + 1] = (I[a + 1] as number) + (I[b + 1] as number) + (l >>> 0 < (I[a] as number) >>> 0 ? 1 : 0); I[d] = l; pc += 4; continue; }
        case 0x7d: /* i64.sub */ { const l = (I[a] as number) - (I[b] as number) | 0; I[d + 1] = (I[a + 1] as number) - (I[b + 1] as number) - ((I[a] as number) >>> 0 < (I[b] as number) >>> 0 ? 1 : 0); I[d] = l; pc += 4; continue; }
        case 0x7e: /* i64.mul */ i64.multiply(I, d, a, b); pc += 4; continue;
        case 0x7f: /* i64.div_s */ i64.divideSigned(B, d, a, b); pc += 4; continue;
        case 0x80: /* i64.div_u */ i64.divideUnsigned(B, d, a, b); pc += 4; continue;
        case 0x81: /* i64.rem_s */ i64.remainderSigned(B, d, a, b); pc += 4; continue;
        case 0x82: /* i64.rem_u */ i64.remainderUnsigned(B, d, a, b); pc += 4; continue;
        case 0x83: /* i64.and */ I[d] = (I[a] as number) & (I[b] as number); I[d + 1] = (I[a + 1] as number) & (I[b + 1] as number); pc += 4; continue;
        case 0x84: /* i64.or */ I[d] = (I[a] as number) | (I[b] as number); I[d + 1] = (I[a + 1] as number) | (I[b + 1] as number); pc += 4; continue;
        case 0x85: /* i64.xor */ I[d] = (I[a] as number) ^ (I[b] as number); I[d + 1] = (I[a + 1] as number) ^ (I[b + 1] as number); pc += 4; continue;
        case 0x86: /* i64.shl */ i64.shiftLeft(I, d, a, b); pc += 4; continue;
        case 0x87: /* i64.shr_s */ i64.shiftRightSigned(I, d, a, b); pc += 4; continue;
        case 0x88: /* i64.shr_u */ i64.shiftRightUnsigned(I, d, a, b); pc += 4; continue;
        case 0x89: /* i64.rotl */ i64.rotateLeft(I, d, a, b); pc += 4; continue;
        case 0x8a: /* i64.rotr */ i64.rotateRight(I, d, a, b); pc += 4; continue;
        case 0x8b: /* f32.abs */ I[d] = (I[a] as number) & 0x7fffffff; pc += 3; continue;
        case 0x8c: /* f32.neg */ I[d] = (I[a] as number) ^ 0x80000000; pc += 3; continue;
        case 0x8d: /* f32.ceil */ setF32(F32, I, d, Math.ceil(F32[a] as number)); pc += 3; continue;
        case 0x8e: /* f32.floor */ setF32(F32, I, d, Math.floor(F32[a] as number)); pc += 3; continue;
        case 0x8f: /* f32.trunc */ setF32(F32, I, d, Math.trunc(F32[a] as number)); pc += 3; continue;
        case 0x90: /* f32.nearest */ setF32(F32, I, d, nearest(F32[a] as number)); pc += 3; continue;
        case 0x91: /* f32.sqrt */ setF32(F32, I, d, Math.sqrt(F32[a] as number)); pc += 3; continue;
        case 0x92: /* f32.add */ setF32(F32, I, d, (F32[a] as number) + (F32[b] as number)); pc += 4; continue;
        case 0x93: /* f32.sub */ setF32(F32, I, d, (F32[a] as number) - (F32[b] as number)); pc += 4; continue;
        case 0x94: /* f32.mul */ setF32(F32, I, d, (F32[a] as number) * (F32[b] as number)); pc += 4; continue;
        case 0x95: /* f32.div */ setF32(F32, I, d, (F32[a] as number) / (F32[b] as number)); pc += 4; continue;
        case 0x96: /* f32.min */ setF32(F32, I, d, minimum(F32[a] as number, F32[b] as number)); pc += 4; continue;
        case 0x97: /* f32.max */ setF32(F32, I, d, maximum(F32[a] as number, F32[b] as number)); pc += 4; continue;
        case 0x98: /* f32.copysign */ I[d] = ((I[a] as number) & 0x7fffffff) | ((I[b] as number) & 0x80000000); pc += 4; continue;
        case 0x99: /* f64.abs */ I[d] = (I[a] as number); I[d + 1] = (I[a + 1] as number) & 0x7fffffff; pc += 3; continue;
        case 0x9a: /* f64.neg */ I[d] = (I[a] as number); I[d + 1] = (I[a + 1] as number) ^ 0x80000000; pc += 3; continue;
        case 0x9b: /* f64.ceil */ setF64(F64, I, d, Math.ceil(F64[a >> 1] as number)); pc += 3; continue;
        case 0x9c: /* f64.floor */ setF64(F64, I, d, Math.floor(F64[a >> 1] as number)); pc += 3; continue;
        case 0x9d: /* f64.trunc */ setF64(F64, I, d, Math.trunc(F64[a >> 1] as number)); pc += 3; continue;
        case 0x9e: /* f64.nearest */ setF64(F64, I, d, nearest(F64[a >> 1] as number)); pc += 3; continue;
        case 0x9f: /* f64.sqrt */ setF64(F64, I, d, Math.sqrt(F64[a >> 1] as number)); pc += 3; continue;
        case 0xa0: /* f64.add */ setF64(F64, I, d, (F64[a >> 1] as number) + (F64[b >> 1] as number)); pc += 4; continue;
        case 0xa1: /* f64.sub */ setF64(F64, I, d, (F64[a >> 1] as number) - (F64[b >> 1] as number)); pc += 4; continue;
        case 0xa2: /* f64.mul */ setF64(F64, I, d, (F64[a >> 1] as number) * (F64[b >> 1] as number)); pc += 4; continue;
        case 0xa3: /* f64.div */ setF64(F64, I, d, (F64[a >> 1] as number) / (F64[b >> 1] as number)); pc += 4; continue;
        case 0xa4: /* f64.min */ setF64(F64, I, d, minimum(F64[a >> 1] as number, F64[b >> 1] as number)); pc += 4; continue;
        case 0xa5: /* f64.max */ setF64(F64, I, d, maximum(F64[a >> 1] as number, F64[b >> 1] as number)); pc += 4; continue;
        case 0xa6: /* f64.copysign */ { const sign = (I[b + 1] as number) & 0x80000000; I[d] = (I[a] as number); I[d + 1] = ((I[a + 1] as number) & 0x7fffffff) | sign; pc += 4; continue; }
        case 0xa8: /* i32.trunc_f32_s */ I[d] = conversions.truncateToI32(F32[a] as number); pc += 3; continue;
        case 0xa9: /* i32.trunc_f32_u */ I[d] = conversions.truncateToU32(F32[a] as number); pc += 3; continue;
        case 0xaa: /* i32.trunc_f64_s */ I[d] = conversions.truncateToI32(F64[a >> 1] as number); pc += 3; continue;
        case 0xab: /* i32.trunc_f64_u */ I[d] = conversions.truncateToU32(F64[a >> 1] as number); pc += 3; continue;
        case 0xac: /* i64.extend_i32_s */ I[d + 1] = (I[a] as number) >> 31; I[d] = (I[a] as number); pc += 3; continue;
        case 0xad: /* i64.extend_i32_u */ I[d] = (I[a] as number); I[d + 1] = 0; pc += 3; continue;
        case 0xae: /* i64.trunc_f32_s */ B[d >> 1] = conversions.truncateToI64(F32[a] as number); pc += 3; continue;
        case 0xaf: /* i64.trunc_f32_u */ B[d >> 1] = conversions.truncateToU64(F32[a] as number); pc += 3; continue;
        case 0xb0: /* i64.trunc_f64_s */ B[d >> 1] = conversions.truncateToI64(F64[a >> 1] as number); pc += 3; continue;
        case 0xb1: /* i64.trunc_f64_u */ B[d >> 1] = conversions.truncateToU64(F64[a >> 1] as number); pc += 3; continue;
        case 0xb2: /* f32.convert_i32_s */ F32[d] = (I[a] as number); pc += 3; continue;
        case 0xb3: /* f32.convert_i32_u */ F32[d] = (I[a] as number) >>> 0; pc += 3; continue;
        case 0xb4: /* f32.convert_i64_s */ F32[d] = conversions.convertToF32(B[a >> 1] as bigint); pc += 3; continue;
        case 0xb5: /* f32.convert_i64_u */ F32[d] = conversions.convertToF32(BigInt.asUintN(64, B[a >> 1] as bigint)); pc += 3; continue;
        case 0xb6: /* f32.demote_f64 */ setF32(F32, I, d, F64[a >> 1] as number); pc += 3; continue;
        case 0xb7: /* f64.convert_i32_s */ F64[d >> 1] = (I[a] as number); pc += 3; continue;
        case 0xb8: /* f64.convert_i32_u */ F64[d >> 1] = (I[a] as number) >>> 0; pc += 3; continue;
        case 0xb9: /* f64.convert_i64_s */ F64[d >> 1] = Number(B[a >> 1]); pc += 3; continue;
        case 0xba: /* f64.convert_i64_u */ F64[d >> 1] = Number(BigInt.asUintN(64, B[a >> 1] as bigint)); pc += 3; continue;
        case 0xbb: /* f64.promote_f32 */ setF64(F64, I, d, F32[a] as number); pc += 3; continue;
        case 0xc0: /* i32.extend8_s */ I[d] = ((I[a] as number) << 24) >> 24; pc += 3; continue;
        case 0xc1: /* i32.extend16_s */ I[d] = ((I[a] as number) << 16) >> 16; pc += 3; continue;
        case 0xc2: /* i64.extend8_s */ I[d] = ((I[a] as number) << 24) >> 24; I[d + 1] = (I[d] as number) >> 31; pc += 3; continue;
        case 0xc3: /* i64.extend16_s */ I[d] = ((I[a] as number) << 16) >> 16; I[d + 1] = (I[d] as number) >> 31; pc += 3; continue;
        case 0xc4: /* i64.extend32_s */ I[d] = (I[a] as number); I[d + 1] = (I[d] as number) >> 31; pc += 3; continue;
        // i32 instructions with a constant as second operand: FUSED_I32
        case 0xc5: /* i32.add, constant */ I[d] = (I[a] as number) + (code[pc + 3] as number); pc += 4; continue;
        case 0xc6: /* i32.mul, constant */ I[d] = Math.imul((I[a] as number), (code[pc + 3] as number)); pc += 4; continue;
        case 0xc7: /* i32.and, constant */ I[d] = (I[a] as number) & (code[pc + 3] as number); pc += 4; continue;
        case 0xc8: /* i32.or, constant */ I[d] = (I[a] as number) | (code[pc + 3] as number); pc += 4; continue;
        case 0xc9: /* i32.xor, constant */ I[d] = (I[a] as number) ^ (code[pc + 3] as number); pc += 4; continue;
        case 0xca: /* i32.shl, constant */ I[d] = (I[a] as number) << (code[pc + 3] as number); pc += 4; continue;
        case 0xcb: /* i32.shr_s, constant */ I[d] = (I[a] as number) >> (code[pc + 3] as number); pc += 4; continue;
        case 0xcc: /* i32.shr_u, constant */ I[d] = (I[a] as number) >>> (code[pc + 3] as number); pc += 4; continue;
        case 0xcd: /* i32.sub, constant */ I[d] = (I[a] as number) - (code[pc + 3] as number); pc += 4; continue;
        case 0xce: /* i32.eq, constant */ I[d] = (I[a] as number) === (code[pc + 3] as number) ? 1 : 0; pc += 4; continue;
        case 0xcf: /* i32.ne, constant */ I[d] = (I[a] as number) !== (code[pc + 3] as number) ? 1 : 0; pc += 4; continue;
        case 0xd0: /* i32.lt_s, constant */ I[d] = (I[a] as number) < (code[pc + 3] as number) ? 1 : 0; pc += 4; continue;
        case 0xd1: /* i32.lt_u, constant */ I[d] = (I[a] as number) >>> 0 < (code[pc + 3] as number) >>> 0 ? 1 : 0; pc += 4; continue;
        case 0xd2: /* i32.gt_s, constant */ I[d] = (I[a] as number) > (code[pc + 3] as number) ? 1 : 0; pc += 4; continue;
        case 0xd3: /* i32.gt_u, constant */ I[d] = (I[a] as number) >>> 0 > (code[pc + 3] as number) >>> 0 ? 1 : 0; pc += 4; continue;
        case 0xd4: /* i32.le_s, constant */ I[d] = (I[a] as number) <= (code[pc + 3] as number) ? 1 : 0; pc += 4; continue;
        case 0xd5: /* i32.le_u, constant */ I[d] = (I[a] as number) >>> 0 <= (code[pc + 3] as number) >>> 0 ? 1 : 0; pc += 4; continue;
        case 0xd6: /* i32.ge_s, constant */ I[d] = (I[a] as number) >= (code[pc + 3] as number) ? 1 : 0; pc += 4; continue;
        case 0xd7: /* i32.ge_u, constant */ I[d] = (I[a] as number) >>> 0 >= (code[pc + 3] as number) >>> 0 ? 1 : 0; pc += 4; continue;
        // Branches on an i32 comparison: BRANCH_I32 (d is the first operand, a the second)
        case 0xd8: /* br_if i32.eq */ if ((I[d] as number) === (I[a] as number)) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xd9: /* br_if i32.ne */ if ((I[d] as number) !== (I[a] as number)) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xda: /* br_if i32.lt_s */ if ((I[d] as number) < (I[a] as number)) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xdb: /* br_if i32.lt_u */ if ((I[d] as number) >>> 0 < (I[a] as number) >>> 0) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xdc: /* br_if i32.gt_s */ if ((I[d] as number) > (I[a] as number)) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xdd: /* br_if i32.gt_u */ if ((I[d] as number) >>> 0 > (I[a] as number) >>> 0) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xde: /* br_if i32.le_s */ if ((I[d] as number) <= (I[a] as number)) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xdf: /* br_if i32.le_u */ if ((I[d] as number) >>> 0 <= (I[a] as number) >>> 0) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xe0: /* br_if i32.ge_s */ if ((I[d] as number) >= (I[a] as number)) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xe1: /* br_if i32.ge_u */ if ((I[d] as number) >>> 0 >= (I[a] as number) >>> 0) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xe2: /* br_if i32.eq, constant */ if ((I[d] as number) === (code[pc + 2] as number)) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xe3: /* br_if i32.ne, constant */ if ((I[d] as number) !== (code[pc + 2] as number)) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xe4: /* br_if i32.lt_s, constant */ if ((I[d] as number) < (code[pc + 2] as number)) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xe5: /* br_if i32.lt_u, constant */ if ((I[d] as number) >>> 0 < (code[pc + 2] as number) >>> 0) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xe6: /* br_if i32.gt_s, constant */ if ((I[d] as number) > (code[pc + 2] as number)) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xe7: /* br_if i32.gt_u, constant */ if ((I[d] as number) >>> 0 > (code[pc + 2] as number) >>> 0) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xe8: /* br_if i32.le_s, constant */ if ((I[d] as number) <= (code[pc + 2] as number)) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xe9: /* br_if i32.le_u, constant */ if ((I[d] as number) >>> 0 <= (code[pc + 2] as number) >>> 0) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xea: /* br_if i32.ge_s, constant */ if ((I[d] as number) >= (code[pc + 2] as number)) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xeb: /* br_if i32.ge_u, constant */ if ((I[d] as number) >>> 0 >= (code[pc + 2] as number) >>> 0) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        // Handlers
        case 0xfc: {
          meter.count = used;
          synced = true;
          (HANDLERS[code[pc + 1] as number] as Handler)(machine.at(instance, code, pc + 3, fp));
          synced = false;
          used = meter.count;
          ({ pages, byteLength: size } = memory);
          pc += code[pc + 2] as number; continue;
        }
        case 0xfd: (VECTOR_HANDLERS[code[pc + 1] as number] as VectorHandler)(stack, a, b, fp + (code[pc + 4] as number), fp + (code[pc + 5] as number), code[pc + 6] as number); pc += 7; continue;
        default: throw new Error(`not an opcode of the run loop: ${op}`);
        }
      }
    }
  } finally {
    if (!synced) meter.count = used;
  }
}
