// plumbing: the run loop, which executes translated code; in parts named after the chapters of WebAssembly "Execution: Instructions"
//
// code.ts has the form of the code, an example, and how to read a case. The loop is written for V8: one function with one
// switch over literals, which must stay under 61,440 bytes of bytecode or is never optimised (run.spec.ts guards it). So a
// case is as short as can be, and what is rare is in functions and handlers elsewhere. The cases stand in the order of the
// opcodes: in the order of the chapters, numeric instructions first, a run of 600 cases took 7 % more processor time.

import { Crash } from '../../../spec/vocabulary/engine.js';
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
import type { Op } from './opcodes.js';
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
        // The operands of most instructions: where the next words are places; as 32-bit sums, so that a constant there does not make doubles of them.
        const op = code[pc] as number;
        const d = (fp + (code[pc + 1] as number)) | 0;
        const a = (fp + (code[pc + 2] as number)) | 0;
        const b = (fp + (code[pc + 3] as number)) | 0;
        switch (op) {
        // Control Instructions. The place that a branch tests is d.
        case 0x00 satisfies Op['unreachable']: throw new WasmTrap('unreachable');
        // Blocks: entering and leaving one leaves nothing but what the metering block that starts there is charged.
        case 0x02 satisfies Op['charge']: used += code[pc + 1] as number; pc += 2; continue;
        case 0x03 satisfies Op['charge and test']:
          used += code[pc + 1] as number;
          if (used > limit) throw new WasmTrap('instruction-limit');
          pc += 2; continue;
        // Control Instructions: branches
        case 0x04 satisfies Op['br_unless']: if (I[d] === 0) pc = code[pc + 2] as number; else { used += code[pc + 3] as number; pc += 4; } continue;
        case 0x05 satisfies Op['jump']: pc = code[pc + 1] as number; continue;
        case 0x0d satisfies Op['br_if']: if (I[d] !== 0) pc = code[pc + 2] as number; else { used += code[pc + 3] as number; pc += 4; } continue;
        case 0x0e satisfies Op['br_table']: pc = code[pc + 3 + Math.min((I[d] as number) >>> 0, code[pc + 2] as number)] as number; continue;
        // Function Calls. The callee's frame starts at its arguments, and its results replace them.
        case 0x0f satisfies Op['return']: {
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
        case 0x10 satisfies Op['call']: callee = functions[code[pc + 1] as number] as FunctionInstance; base = a; pc += 3; break running;
        case 0x11 satisfies Op['call_indirect']:
          callee = instance.callee(code[pc + 1] as number, code[pc + 2] as number, I, b);
          base = fp + (code[pc + 4] as number);
          pc += 5; break running;
        // Parametric Instructions
        case 0x1b satisfies Op['select']: {
          const from = I[fp + (code[pc + 4] as number)] !== 0 ? a : b;
          const h = I[from + 1] as number;
          I[d] = I[from] as number;
          I[d + 1] = h;
          pc += 5; continue;
        }
        case 0x1c satisfies Op['select v128']: {
          const from = I[fp + (code[pc + 4] as number)] !== 0 ? a : b;
          I.copyWithin(d, from, from + 4);
          pc += 5; continue;
        }
        // Variable Instructions. local.get leaves no code where its operand is read in the local's place, nor local.set where it is written there.
        case 0x20 satisfies Op['copy']: I[d] = I[a] as number; I[d + 1] = I[a + 1] as number; pc += 3; continue;
        case 0x21 satisfies Op['copy words']: I.copyWithin(d, a, a + (code[pc + 3] as number)); pc += 4; continue;
        case 0x23 satisfies Op['global.get']: {
          const g = globals[code[pc + 2] as number] as GlobalInstance;
          I[d] = g.words[g.at] as number;
          I[d + 1] = g.words[g.at + 1] as number;
          pc += 3; continue;
        }
        case 0x24 satisfies Op['global.set']: {
          const g = globals[code[pc + 2] as number] as GlobalInstance;
          g.words[g.at] = I[d] as number;
          g.words[g.at + 1] = I[d + 1] as number;
          pc += 3; continue;
        }
        case 0x25 satisfies Op['global.get v128']: {
          const g = globals[code[pc + 2] as number] as GlobalInstance;
          for (let k = 0; k < 4; k++) I[d + k] = g.words[g.at + k] as number;
          pc += 3; continue;
        }
        case 0x26 satisfies Op['global.set v128']: {
          const g = globals[code[pc + 2] as number] as GlobalInstance;
          for (let k = 0; k < 4; k++) g.words[g.at + k] = I[d + k] as number;
          pc += 3; continue;
        }
        // Memory Instructions: what stays within a page here, the rest in access.ts. An offset is unsigned.
        case 0x28 satisfies Op['i32.load']: case 0x2a satisfies Op['f32.load']: {
          const ea = wide ? wideAddress(I, a, code[pc + 3] as number) : ((I[a] as number) >>> 0) + ((code[pc + 3] as number) >>> 0);
          if (ea + 4 > size) throw outOfBounds();
          const o = ea & 0xfff;
          if (o <= 0xffc) I[d] = (pages[(ea * PER_PAGE) | 0] as Page).view.getInt32(o, true); else load(memory, op, I, d, ea);
          pc += 4; continue;
        }
        case 0x29 satisfies Op['i64.load']: case 0x2b satisfies Op['f64.load']: {
          const ea = wide ? wideAddress(I, a, code[pc + 3] as number) : ((I[a] as number) >>> 0) + ((code[pc + 3] as number) >>> 0);
          if (ea + 8 > size) throw outOfBounds();
          const o = ea & 0xfff;
          if (o <= 0xff8) {
            const { view } = pages[(ea * PER_PAGE) | 0] as Page;
            I[d] = view.getInt32(o, true);
            I[d + 1] = view.getInt32(o + 4, true);
          } else load(memory, op, I, d, ea);
          pc += 4; continue;
        }
        case 0x2d satisfies Op['i32.load8_u']: {
          const ea = wide ? wideAddress(I, a, code[pc + 3] as number) : ((I[a] as number) >>> 0) + ((code[pc + 3] as number) >>> 0);
          if (ea >= size) throw outOfBounds();
          I[d] = (pages[(ea * PER_PAGE) | 0] as Page).bytes[ea & 0xfff] as number;
          pc += 4; continue;
        }
        case 0x2c satisfies Op['i32.load8_s']:
        case 0x2e satisfies Op['i32.load16_s']:
        case 0x2f satisfies Op['i32.load16_u']:
        case 0x30 satisfies Op['i64.load8_s']:
        case 0x31 satisfies Op['i64.load8_u']:
        case 0x32 satisfies Op['i64.load16_s']:
        case 0x33 satisfies Op['i64.load16_u']:
        case 0x34 satisfies Op['i64.load32_s']:
        case 0x35 satisfies Op['i64.load32_u']:
          load(
            memory, op, I, d,
            wide ? wideAddress(I, a, code[pc + 3] as number) : ((I[a] as number) >>> 0) + ((code[pc + 3] as number) >>> 0),
          );
          pc += 4; continue;
        case 0x36 satisfies Op['i32.store']: case 0x38 satisfies Op['f32.store']: {
          const ea = wide ? wideAddress(I, d, code[pc + 3] as number) : ((I[d] as number) >>> 0) + ((code[pc + 3] as number) >>> 0);
          if (ea + 4 > size) throw outOfBounds();
          const o = ea & 0xfff;
          const page = pages[(ea * PER_PAGE) | 0] as Page;
          if (page.owner === epoch && o <= 0xffc) {
            page.view.setInt32(o, I[a] as number, true);
            page.dirty = true;
          } else { store(memory, op, I, a, ea); pages = memory.pages; }
          pc += 4; continue;
        }
        case 0x37 satisfies Op['i64.store']: case 0x39 satisfies Op['f64.store']: {
          const ea = wide ? wideAddress(I, d, code[pc + 3] as number) : ((I[d] as number) >>> 0) + ((code[pc + 3] as number) >>> 0);
          if (ea + 8 > size) throw outOfBounds();
          const o = ea & 0xfff;
          const page = pages[(ea * PER_PAGE) | 0] as Page;
          if (page.owner === epoch && o <= 0xff8) {
            page.view.setInt32(o, I[a] as number, true);
            page.view.setInt32(o + 4, I[a + 1] as number, true);
            page.dirty = true;
          } else { store(memory, op, I, a, ea); pages = memory.pages; }
          pc += 4; continue;
        }
        case 0x3a satisfies Op['i32.store8']:
        case 0x3b satisfies Op['i32.store16']:
        case 0x3c satisfies Op['i64.store8']:
        case 0x3d satisfies Op['i64.store16']:
        case 0x3e satisfies Op['i64.store32']:
          store(
            memory, op, I, a,
            wide ? wideAddress(I, d, code[pc + 3] as number) : ((I[d] as number) >>> 0) + ((code[pc + 3] as number) >>> 0),
          );
          pages = memory.pages;
          pc += 4; continue;
        case 0x3f satisfies Op['memory.size']: I[d] = size / WASM_PAGE_BYTES; I[d + 1] = 0; pc += 2; continue;
        case 0x40 satisfies Op['memory.grow']: instance.growMemory(I, d, a); ({ pages, byteLength: size } = memory); pc += 3; continue;
        // Numeric Instructions
        // constants, of every type
        case 0x41 satisfies Op['const']: I[d] = code[pc + 2] as number; pc += 3; continue;
        case 0x42 satisfies Op['const two words']: I[d] = code[pc + 2] as number; I[d + 1] = code[pc + 3] as number; pc += 4; continue;
        // Memory Instructions, again: an offset that does not fit a word
        case 0x43 satisfies Op['add wide offset']: addWideOffset(I, d, a, code[pc + 3] as number, code[pc + 4] as number); pc += 5; continue;
        // Numeric Instructions: testop and relop
        case 0x45 satisfies Op['i32.eqz']: I[d] = I[a] === 0 ? 1 : 0; pc += 3; continue;
        case 0x46 satisfies Op['i32.eq']: I[d] = I[a] === I[b] ? 1 : 0; pc += 4; continue;
        case 0x47 satisfies Op['i32.ne']: I[d] = I[a] !== I[b] ? 1 : 0; pc += 4; continue;
        case 0x48 satisfies Op['i32.lt_s']: I[d] = (I[a] as number) < (I[b] as number) ? 1 : 0; pc += 4; continue;
        case 0x49 satisfies Op['i32.lt_u']: I[d] = (I[a] as number) >>> 0 < (I[b] as number) >>> 0 ? 1 : 0; pc += 4; continue;
        case 0x4a satisfies Op['i32.gt_s']: I[d] = (I[a] as number) > (I[b] as number) ? 1 : 0; pc += 4; continue;
        case 0x4b satisfies Op['i32.gt_u']: I[d] = (I[a] as number) >>> 0 > (I[b] as number) >>> 0 ? 1 : 0; pc += 4; continue;
        case 0x4c satisfies Op['i32.le_s']: I[d] = (I[a] as number) <= (I[b] as number) ? 1 : 0; pc += 4; continue;
        case 0x4d satisfies Op['i32.le_u']: I[d] = (I[a] as number) >>> 0 <= (I[b] as number) >>> 0 ? 1 : 0; pc += 4; continue;
        case 0x4e satisfies Op['i32.ge_s']: I[d] = (I[a] as number) >= (I[b] as number) ? 1 : 0; pc += 4; continue;
        case 0x4f satisfies Op['i32.ge_u']: I[d] = (I[a] as number) >>> 0 >= (I[b] as number) >>> 0 ? 1 : 0; pc += 4; continue;
        case 0x50 satisfies Op['i64.eqz']: I[d] = I[a] === 0 && I[a + 1] === 0 ? 1 : 0; pc += 3; continue;
        case 0x51 satisfies Op['i64.eq']: I[d] = I[a] === I[b] && I[a + 1] === I[b + 1] ? 1 : 0; pc += 4; continue;
        case 0x52 satisfies Op['i64.ne']: I[d] = I[a] === I[b] && I[a + 1] === I[b + 1] ? 0 : 1; pc += 4; continue;
        case 0x53 satisfies Op['i64.lt_s']: I[d] = i64.compareSigned(I, a, b) < 0 ? 1 : 0; pc += 4; continue;
        case 0x54 satisfies Op['i64.lt_u']: I[d] = i64.compareUnsigned(I, a, b) < 0 ? 1 : 0; pc += 4; continue;
        case 0x55 satisfies Op['i64.gt_s']: I[d] = i64.compareSigned(I, a, b) > 0 ? 1 : 0; pc += 4; continue;
        case 0x56 satisfies Op['i64.gt_u']: I[d] = i64.compareUnsigned(I, a, b) > 0 ? 1 : 0; pc += 4; continue;
        case 0x57 satisfies Op['i64.le_s']: I[d] = i64.compareSigned(I, a, b) <= 0 ? 1 : 0; pc += 4; continue;
        case 0x58 satisfies Op['i64.le_u']: I[d] = i64.compareUnsigned(I, a, b) <= 0 ? 1 : 0; pc += 4; continue;
        case 0x59 satisfies Op['i64.ge_s']: I[d] = i64.compareSigned(I, a, b) >= 0 ? 1 : 0; pc += 4; continue;
        case 0x5a satisfies Op['i64.ge_u']: I[d] = i64.compareUnsigned(I, a, b) >= 0 ? 1 : 0; pc += 4; continue;
        case 0x5b satisfies Op['f32.eq']: I[d] = F32[a] === F32[b] ? 1 : 0; pc += 4; continue;
        case 0x5c satisfies Op['f32.ne']: I[d] = F32[a] !== F32[b] ? 1 : 0; pc += 4; continue;
        case 0x5d satisfies Op['f32.lt']: I[d] = (F32[a] as number) < (F32[b] as number) ? 1 : 0; pc += 4; continue;
        case 0x5e satisfies Op['f32.gt']: I[d] = (F32[a] as number) > (F32[b] as number) ? 1 : 0; pc += 4; continue;
        case 0x5f satisfies Op['f32.le']: I[d] = (F32[a] as number) <= (F32[b] as number) ? 1 : 0; pc += 4; continue;
        case 0x60 satisfies Op['f32.ge']: I[d] = (F32[a] as number) >= (F32[b] as number) ? 1 : 0; pc += 4; continue;
        case 0x61 satisfies Op['f64.eq']: I[d] = F64[a >> 1] === F64[b >> 1] ? 1 : 0; pc += 4; continue;
        case 0x62 satisfies Op['f64.ne']: I[d] = F64[a >> 1] !== F64[b >> 1] ? 1 : 0; pc += 4; continue;
        case 0x63 satisfies Op['f64.lt']: I[d] = (F64[a >> 1] as number) < (F64[b >> 1] as number) ? 1 : 0; pc += 4; continue;
        case 0x64 satisfies Op['f64.gt']: I[d] = (F64[a >> 1] as number) > (F64[b >> 1] as number) ? 1 : 0; pc += 4; continue;
        case 0x65 satisfies Op['f64.le']: I[d] = (F64[a >> 1] as number) <= (F64[b >> 1] as number) ? 1 : 0; pc += 4; continue;
        case 0x66 satisfies Op['f64.ge']: I[d] = (F64[a >> 1] as number) >= (F64[b >> 1] as number) ? 1 : 0; pc += 4; continue;
        // unop and binop
        case 0x67 satisfies Op['i32.clz']: I[d] = Math.clz32((I[a] as number)); pc += 3; continue;
        case 0x68 satisfies Op['i32.ctz']: I[d] = i64.ctz32((I[a] as number)); pc += 3; continue;
        case 0x69 satisfies Op['i32.popcnt']: I[d] = i64.popcnt32((I[a] as number)); pc += 3; continue;
        case 0x6a satisfies Op['i32.add']: I[d] = (I[a] as number) + (I[b] as number); pc += 4; continue;
        case 0x6b satisfies Op['i32.sub']: I[d] = (I[a] as number) - (I[b] as number); pc += 4; continue;
        case 0x6c satisfies Op['i32.mul']: I[d] = Math.imul((I[a] as number), (I[b] as number)); pc += 4; continue;
        case 0x6d satisfies Op['i32.div_s']: I[d] = i32.divideSigned((I[a] as number), (I[b] as number)); pc += 4; continue;
        case 0x6e satisfies Op['i32.div_u']: I[d] = i32.divideUnsigned((I[a] as number), (I[b] as number)); pc += 4; continue;
        case 0x6f satisfies Op['i32.rem_s']: I[d] = i32.remainderSigned((I[a] as number), (I[b] as number)); pc += 4; continue;
        case 0x70 satisfies Op['i32.rem_u']: I[d] = i32.remainderUnsigned((I[a] as number), (I[b] as number)); pc += 4; continue;
        case 0x71 satisfies Op['i32.and']: I[d] = (I[a] as number) & (I[b] as number); pc += 4; continue;
        case 0x72 satisfies Op['i32.or']: I[d] = (I[a] as number) | (I[b] as number); pc += 4; continue;
        case 0x73 satisfies Op['i32.xor']: I[d] = (I[a] as number) ^ (I[b] as number); pc += 4; continue;
        case 0x74 satisfies Op['i32.shl']: I[d] = (I[a] as number) << (I[b] as number); pc += 4; continue;
        case 0x75 satisfies Op['i32.shr_s']: I[d] = (I[a] as number) >> (I[b] as number); pc += 4; continue;
        case 0x76 satisfies Op['i32.shr_u']: I[d] = (I[a] as number) >>> (I[b] as number); pc += 4; continue;
        case 0x77 satisfies Op['i32.rotl']: I[d] = ((I[a] as number) << (I[b] as number)) | ((I[a] as number) >>> -(I[b] as number)); pc += 4; continue;
        case 0x78 satisfies Op['i32.rotr']: I[d] = ((I[a] as number) >>> (I[b] as number)) | ((I[a] as number) << -(I[b] as number)); pc += 4; continue;
        case 0x79 satisfies Op['i64.clz']: i64.countLeadingZeros(I, d, a); pc += 3; continue;
        case 0x7a satisfies Op['i64.ctz']: i64.countTrailingZeros(I, d, a); pc += 3; continue;
        case 0x7b satisfies Op['i64.popcnt']: i64.populationCount(I, d, a); pc += 3; continue;
        case 0x7c satisfies Op['i64.add']: {
          const l = (I[a] as number) + (I[b] as number) | 0;
          I[d + 1] = (I[a + 1] as number) + (I[b + 1] as number) + (l >>> 0 < (I[a] as number) >>> 0 ? 1 : 0);
          I[d] = l;
          pc += 4; continue;
        }
        case 0x7d satisfies Op['i64.sub']: {
          const l = (I[a] as number) - (I[b] as number) | 0;
          I[d + 1] = (I[a + 1] as number) - (I[b + 1] as number) - ((I[a] as number) >>> 0 < (I[b] as number) >>> 0 ? 1 : 0);
          I[d] = l;
          pc += 4; continue;
        }
        case 0x7e satisfies Op['i64.mul']: i64.multiply(I, d, a, b); pc += 4; continue;
        case 0x7f satisfies Op['i64.div_s']: i64.divideSigned(B, d, a, b); pc += 4; continue;
        case 0x80 satisfies Op['i64.div_u']: i64.divideUnsigned(B, d, a, b); pc += 4; continue;
        case 0x81 satisfies Op['i64.rem_s']: i64.remainderSigned(B, d, a, b); pc += 4; continue;
        case 0x82 satisfies Op['i64.rem_u']: i64.remainderUnsigned(B, d, a, b); pc += 4; continue;
        case 0x83 satisfies Op['i64.and']:
          I[d] = (I[a] as number) & (I[b] as number); I[d + 1] = (I[a + 1] as number) & (I[b + 1] as number); pc += 4; continue;
        case 0x84 satisfies Op['i64.or']:
          I[d] = (I[a] as number) | (I[b] as number); I[d + 1] = (I[a + 1] as number) | (I[b + 1] as number); pc += 4; continue;
        case 0x85 satisfies Op['i64.xor']:
          I[d] = (I[a] as number) ^ (I[b] as number); I[d + 1] = (I[a + 1] as number) ^ (I[b + 1] as number); pc += 4; continue;
        case 0x86 satisfies Op['i64.shl']: i64.shiftLeft(I, d, a, b); pc += 4; continue;
        case 0x87 satisfies Op['i64.shr_s']: i64.shiftRightSigned(I, d, a, b); pc += 4; continue;
        case 0x88 satisfies Op['i64.shr_u']: i64.shiftRightUnsigned(I, d, a, b); pc += 4; continue;
        case 0x89 satisfies Op['i64.rotl']: i64.rotateLeft(I, d, a, b); pc += 4; continue;
        case 0x8a satisfies Op['i64.rotr']: i64.rotateRight(I, d, a, b); pc += 4; continue;
        case 0x8b satisfies Op['f32.abs']: I[d] = (I[a] as number) & 0x7fffffff; pc += 3; continue;
        case 0x8c satisfies Op['f32.neg']: I[d] = (I[a] as number) ^ 0x80000000; pc += 3; continue;
        case 0x8d satisfies Op['f32.ceil']: setF32(F32, I, d, Math.ceil(F32[a] as number)); pc += 3; continue;
        case 0x8e satisfies Op['f32.floor']: setF32(F32, I, d, Math.floor(F32[a] as number)); pc += 3; continue;
        case 0x8f satisfies Op['f32.trunc']: setF32(F32, I, d, Math.trunc(F32[a] as number)); pc += 3; continue;
        case 0x90 satisfies Op['f32.nearest']: setF32(F32, I, d, nearest(F32[a] as number)); pc += 3; continue;
        case 0x91 satisfies Op['f32.sqrt']: setF32(F32, I, d, Math.sqrt(F32[a] as number)); pc += 3; continue;
        case 0x92 satisfies Op['f32.add']: setF32(F32, I, d, (F32[a] as number) + (F32[b] as number)); pc += 4; continue;
        case 0x93 satisfies Op['f32.sub']: setF32(F32, I, d, (F32[a] as number) - (F32[b] as number)); pc += 4; continue;
        case 0x94 satisfies Op['f32.mul']: setF32(F32, I, d, (F32[a] as number) * (F32[b] as number)); pc += 4; continue;
        case 0x95 satisfies Op['f32.div']: setF32(F32, I, d, (F32[a] as number) / (F32[b] as number)); pc += 4; continue;
        case 0x96 satisfies Op['f32.min']: setF32(F32, I, d, minimum(F32[a] as number, F32[b] as number)); pc += 4; continue;
        case 0x97 satisfies Op['f32.max']: setF32(F32, I, d, maximum(F32[a] as number, F32[b] as number)); pc += 4; continue;
        case 0x98 satisfies Op['f32.copysign']: I[d] = ((I[a] as number) & 0x7fffffff) | ((I[b] as number) & 0x80000000); pc += 4; continue;
        case 0x99 satisfies Op['f64.abs']: I[d] = (I[a] as number); I[d + 1] = (I[a + 1] as number) & 0x7fffffff; pc += 3; continue;
        case 0x9a satisfies Op['f64.neg']: I[d] = (I[a] as number); I[d + 1] = (I[a + 1] as number) ^ 0x80000000; pc += 3; continue;
        case 0x9b satisfies Op['f64.ceil']: setF64(F64, I, d, Math.ceil(F64[a >> 1] as number)); pc += 3; continue;
        case 0x9c satisfies Op['f64.floor']: setF64(F64, I, d, Math.floor(F64[a >> 1] as number)); pc += 3; continue;
        case 0x9d satisfies Op['f64.trunc']: setF64(F64, I, d, Math.trunc(F64[a >> 1] as number)); pc += 3; continue;
        case 0x9e satisfies Op['f64.nearest']: setF64(F64, I, d, nearest(F64[a >> 1] as number)); pc += 3; continue;
        case 0x9f satisfies Op['f64.sqrt']: setF64(F64, I, d, Math.sqrt(F64[a >> 1] as number)); pc += 3; continue;
        case 0xa0 satisfies Op['f64.add']: setF64(F64, I, d, (F64[a >> 1] as number) + (F64[b >> 1] as number)); pc += 4; continue;
        case 0xa1 satisfies Op['f64.sub']: setF64(F64, I, d, (F64[a >> 1] as number) - (F64[b >> 1] as number)); pc += 4; continue;
        case 0xa2 satisfies Op['f64.mul']: setF64(F64, I, d, (F64[a >> 1] as number) * (F64[b >> 1] as number)); pc += 4; continue;
        case 0xa3 satisfies Op['f64.div']: setF64(F64, I, d, (F64[a >> 1] as number) / (F64[b >> 1] as number)); pc += 4; continue;
        case 0xa4 satisfies Op['f64.min']: setF64(F64, I, d, minimum(F64[a >> 1] as number, F64[b >> 1] as number)); pc += 4; continue;
        case 0xa5 satisfies Op['f64.max']: setF64(F64, I, d, maximum(F64[a >> 1] as number, F64[b >> 1] as number)); pc += 4; continue;
        case 0xa6 satisfies Op['f64.copysign']: {
          const sign = (I[b + 1] as number) & 0x80000000;
          I[d] = (I[a] as number);
          I[d + 1] = ((I[a + 1] as number) & 0x7fffffff) | sign;
          pc += 4; continue;
        }
        // cvtop; i32.wrap_i64 and the reinterpretations leave the slot as it is, and no code
        case 0xa8 satisfies Op['i32.trunc_f32_s']: I[d] = conversions.truncateToI32(F32[a] as number); pc += 3; continue;
        case 0xa9 satisfies Op['i32.trunc_f32_u']: I[d] = conversions.truncateToU32(F32[a] as number); pc += 3; continue;
        case 0xaa satisfies Op['i32.trunc_f64_s']: I[d] = conversions.truncateToI32(F64[a >> 1] as number); pc += 3; continue;
        case 0xab satisfies Op['i32.trunc_f64_u']: I[d] = conversions.truncateToU32(F64[a >> 1] as number); pc += 3; continue;
        case 0xac satisfies Op['i64.extend_i32_s']: I[d + 1] = (I[a] as number) >> 31; I[d] = (I[a] as number); pc += 3; continue;
        case 0xad satisfies Op['i64.extend_i32_u']: I[d] = (I[a] as number); I[d + 1] = 0; pc += 3; continue;
        case 0xae satisfies Op['i64.trunc_f32_s']: B[d >> 1] = conversions.truncateToI64(F32[a] as number); pc += 3; continue;
        case 0xaf satisfies Op['i64.trunc_f32_u']: B[d >> 1] = conversions.truncateToU64(F32[a] as number); pc += 3; continue;
        case 0xb0 satisfies Op['i64.trunc_f64_s']: B[d >> 1] = conversions.truncateToI64(F64[a >> 1] as number); pc += 3; continue;
        case 0xb1 satisfies Op['i64.trunc_f64_u']: B[d >> 1] = conversions.truncateToU64(F64[a >> 1] as number); pc += 3; continue;
        case 0xb2 satisfies Op['f32.convert_i32_s']: F32[d] = (I[a] as number); pc += 3; continue;
        case 0xb3 satisfies Op['f32.convert_i32_u']: F32[d] = (I[a] as number) >>> 0; pc += 3; continue;
        case 0xb4 satisfies Op['f32.convert_i64_s']: F32[d] = conversions.convertToF32(B[a >> 1] as bigint); pc += 3; continue;
        case 0xb5 satisfies Op['f32.convert_i64_u']: F32[d] = conversions.convertToF32(BigInt.asUintN(64, B[a >> 1] as bigint)); pc += 3; continue;
        case 0xb6 satisfies Op['f32.demote_f64']: setF32(F32, I, d, F64[a >> 1] as number); pc += 3; continue;
        case 0xb7 satisfies Op['f64.convert_i32_s']: F64[d >> 1] = (I[a] as number); pc += 3; continue;
        case 0xb8 satisfies Op['f64.convert_i32_u']: F64[d >> 1] = (I[a] as number) >>> 0; pc += 3; continue;
        case 0xb9 satisfies Op['f64.convert_i64_s']: F64[d >> 1] = Number(B[a >> 1]); pc += 3; continue;
        case 0xba satisfies Op['f64.convert_i64_u']: F64[d >> 1] = Number(BigInt.asUintN(64, B[a >> 1] as bigint)); pc += 3; continue;
        case 0xbb satisfies Op['f64.promote_f32']: setF64(F64, I, d, F32[a] as number); pc += 3; continue;
        // iextendN_s
        case 0xc0 satisfies Op['i32.extend8_s']: I[d] = ((I[a] as number) << 24) >> 24; pc += 3; continue;
        case 0xc1 satisfies Op['i32.extend16_s']: I[d] = ((I[a] as number) << 16) >> 16; pc += 3; continue;
        case 0xc2 satisfies Op['i64.extend8_s']: I[d] = ((I[a] as number) << 24) >> 24; I[d + 1] = (I[d] as number) >> 31; pc += 3; continue;
        case 0xc3 satisfies Op['i64.extend16_s']: I[d] = ((I[a] as number) << 16) >> 16; I[d + 1] = (I[d] as number) >> 31; pc += 3; continue;
        case 0xc4 satisfies Op['i64.extend32_s']: I[d] = (I[a] as number); I[d + 1] = (I[d] as number) >> 31; pc += 3; continue;
        // binop and relop whose second operand is a constant
        case 0xc5 satisfies Op['i32.add constant']: I[d] = (I[a] as number) + (code[pc + 3] as number); pc += 4; continue;
        case 0xc6 satisfies Op['i32.mul constant']: I[d] = Math.imul((I[a] as number), (code[pc + 3] as number)); pc += 4; continue;
        case 0xc7 satisfies Op['i32.and constant']: I[d] = (I[a] as number) & (code[pc + 3] as number); pc += 4; continue;
        case 0xc8 satisfies Op['i32.or constant']: I[d] = (I[a] as number) | (code[pc + 3] as number); pc += 4; continue;
        case 0xc9 satisfies Op['i32.xor constant']: I[d] = (I[a] as number) ^ (code[pc + 3] as number); pc += 4; continue;
        case 0xca satisfies Op['i32.shl constant']: I[d] = (I[a] as number) << (code[pc + 3] as number); pc += 4; continue;
        case 0xcb satisfies Op['i32.shr_s constant']: I[d] = (I[a] as number) >> (code[pc + 3] as number); pc += 4; continue;
        case 0xcc satisfies Op['i32.shr_u constant']: I[d] = (I[a] as number) >>> (code[pc + 3] as number); pc += 4; continue;
        case 0xcd satisfies Op['i32.sub constant']: I[d] = (I[a] as number) - (code[pc + 3] as number); pc += 4; continue;
        case 0xce satisfies Op['i32.eq constant']: I[d] = (I[a] as number) === (code[pc + 3] as number) ? 1 : 0; pc += 4; continue;
        case 0xcf satisfies Op['i32.ne constant']: I[d] = (I[a] as number) !== (code[pc + 3] as number) ? 1 : 0; pc += 4; continue;
        case 0xd0 satisfies Op['i32.lt_s constant']: I[d] = (I[a] as number) < (code[pc + 3] as number) ? 1 : 0; pc += 4; continue;
        case 0xd1 satisfies Op['i32.lt_u constant']: I[d] = (I[a] as number) >>> 0 < (code[pc + 3] as number) >>> 0 ? 1 : 0; pc += 4; continue;
        case 0xd2 satisfies Op['i32.gt_s constant']: I[d] = (I[a] as number) > (code[pc + 3] as number) ? 1 : 0; pc += 4; continue;
        case 0xd3 satisfies Op['i32.gt_u constant']: I[d] = (I[a] as number) >>> 0 > (code[pc + 3] as number) >>> 0 ? 1 : 0; pc += 4; continue;
        case 0xd4 satisfies Op['i32.le_s constant']: I[d] = (I[a] as number) <= (code[pc + 3] as number) ? 1 : 0; pc += 4; continue;
        case 0xd5 satisfies Op['i32.le_u constant']: I[d] = (I[a] as number) >>> 0 <= (code[pc + 3] as number) >>> 0 ? 1 : 0; pc += 4; continue;
        case 0xd6 satisfies Op['i32.ge_s constant']: I[d] = (I[a] as number) >= (code[pc + 3] as number) ? 1 : 0; pc += 4; continue;
        case 0xd7 satisfies Op['i32.ge_u constant']: I[d] = (I[a] as number) >>> 0 >= (code[pc + 3] as number) >>> 0 ? 1 : 0; pc += 4; continue;
        // Control Instructions: relop and br_if. The places that are compared are d and a.
        case 0xd8 satisfies Op['br_if i32.eq']:
          if ((I[d] as number) === (I[a] as number)) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xd9 satisfies Op['br_if i32.ne']:
          if ((I[d] as number) !== (I[a] as number)) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xda satisfies Op['br_if i32.lt_s']:
          if ((I[d] as number) < (I[a] as number)) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xdb satisfies Op['br_if i32.lt_u']:
          if ((I[d] as number) >>> 0 < (I[a] as number) >>> 0) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xdc satisfies Op['br_if i32.gt_s']:
          if ((I[d] as number) > (I[a] as number)) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xdd satisfies Op['br_if i32.gt_u']:
          if ((I[d] as number) >>> 0 > (I[a] as number) >>> 0) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xde satisfies Op['br_if i32.le_s']:
          if ((I[d] as number) <= (I[a] as number)) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xdf satisfies Op['br_if i32.le_u']:
          if ((I[d] as number) >>> 0 <= (I[a] as number) >>> 0) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xe0 satisfies Op['br_if i32.ge_s']:
          if ((I[d] as number) >= (I[a] as number)) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xe1 satisfies Op['br_if i32.ge_u']:
          if ((I[d] as number) >>> 0 >= (I[a] as number) >>> 0) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        // relop with a constant, and br_if
        case 0xe2 satisfies Op['br_if i32.eq constant']:
          if ((I[d] as number) === (code[pc + 2] as number)) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xe3 satisfies Op['br_if i32.ne constant']:
          if ((I[d] as number) !== (code[pc + 2] as number)) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xe4 satisfies Op['br_if i32.lt_s constant']:
          if ((I[d] as number) < (code[pc + 2] as number)) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xe5 satisfies Op['br_if i32.lt_u constant']:
          if ((I[d] as number) >>> 0 < (code[pc + 2] as number) >>> 0) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xe6 satisfies Op['br_if i32.gt_s constant']:
          if ((I[d] as number) > (code[pc + 2] as number)) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xe7 satisfies Op['br_if i32.gt_u constant']:
          if ((I[d] as number) >>> 0 > (code[pc + 2] as number) >>> 0) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xe8 satisfies Op['br_if i32.le_s constant']:
          if ((I[d] as number) <= (code[pc + 2] as number)) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xe9 satisfies Op['br_if i32.le_u constant']:
          if ((I[d] as number) >>> 0 <= (code[pc + 2] as number) >>> 0) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xea satisfies Op['br_if i32.ge_s constant']:
          if ((I[d] as number) >= (code[pc + 2] as number)) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        case 0xeb satisfies Op['br_if i32.ge_u constant']:
          if ((I[d] as number) >>> 0 >= (code[pc + 2] as number) >>> 0) pc = code[pc + 3] as number; else { used += code[pc + 4] as number; pc += 5; } continue;
        // Reference and Table Instructions, bulk memory and saturating truncation: a handler of machine.ts or vector-memory.ts.
        // ref.null is a constant, and ref.is_null is i32.eqz: null is 0.
        case 0xfc satisfies Op['handler']: {
          meter.count = used;
          synced = true;
          (HANDLERS[code[pc + 1] as number] as Handler)(machine.at(instance, code, pc + 3, fp));
          synced = false;
          used = meter.count;
          ({ pages, byteLength: size } = memory);
          pc += code[pc + 2] as number; continue;
        }
        // Vector Instructions: a handler of vectors.ts
        case 0xfd satisfies Op['vector handler']:
          (VECTOR_HANDLERS[code[pc + 1] as number] as VectorHandler)(
            stack, a, b, fp + (code[pc + 4] as number), fp + (code[pc + 5] as number), code[pc + 6] as number,
          );
          pc += 7; continue;
        default: throw new Crash(`not an opcode of the run loop: ${op}`);
        }
      }
    }
  } finally {
    if (!synced) meter.count = used;
  }
}
