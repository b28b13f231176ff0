// plumbing: the slots that hold parameters, locals and operands: one buffer, several views — WebAssembly "Execution: Stack"

/**
 * Values live in 8-byte slots: i32, f32 and references in the low word (the high word is then meaningless), i64 and f64
 * in both, v128 in two slots. Floats are bits: only arithmetic ever makes a JS number of one. A reference is 0 for null,
 * else 1 + the address of a function in its store, or 1 + the number of a host object.
 */
export class SlotStack {
  readonly buffer: ArrayBuffer;
  readonly I: Int32Array;
  readonly B: BigInt64Array;
  readonly F32: Float32Array;
  readonly F64: Float64Array;
  readonly U8: Uint8Array;
  /** Lanes of vectors. */
  readonly I8: Int8Array;
  readonly I16: Int16Array;
  readonly U16: Uint16Array;
  readonly U32: Uint32Array;

  constructor(slots: number) {
    this.buffer = new ArrayBuffer(slots * 8);
    this.I = new Int32Array(this.buffer);
    this.B = new BigInt64Array(this.buffer);
    this.F32 = new Float32Array(this.buffer);
    this.F64 = new Float64Array(this.buffer);
    this.U8 = new Uint8Array(this.buffer);
    this.I8 = new Int8Array(this.buffer);
    this.I16 = new Int16Array(this.buffer);
    this.U16 = new Uint16Array(this.buffer);
    this.U32 = new Uint32Array(this.buffer);
  }
}

/** Stacks that are not in use. Executions do not overlap, but a host function may invoke Wasm again: it gets another stack. */
const idle: SlotStack[] = [];

/** Room past the budget: results and arguments of host functions, the operands that a superinstruction reads too many. */
const SPARE_SLOTS = 4096;

/** A stack with room for so many slots, and some to spare; an idle one where it is large enough. What is in it is left from before. */
export function acquireStack(slots: number): SlotStack {
  const stack = idle.pop();
  return stack && stack.I.length >= 2 * (slots + SPARE_SLOTS) ? stack : new SlotStack(slots + SPARE_SLOTS);
}

/** Gives a stack back, for the next execution. */
export function releaseStack(stack: SlotStack): void {
  idle.push(stack);
}
