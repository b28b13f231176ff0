// plumbing: the heights of the operand stack, by the validation algorithm — spec/vocabulary/stack-budget.md
import { InvalidModule } from './bytes.js';
import { V128, type FunctionType } from './decode.js';

interface Frame {
  readonly type: FunctionType;
  readonly loop: boolean;
  readonly base: number;
  /** Opened in unreachable code: no height in it counts. */
  readonly silent: boolean;
  /** From here on unreachable. */
  dead: boolean;
}

/** Slots of an operand; Unknown counts one. */
type Slots = 1 | 2;
const UNKNOWN = 3;

/** The operand stack as far as slots go: types are V8's business. */
export class Operands {
  /** The largest height of the body so far, in slots; unreachable code does not count. */
  highest = 0;
  /** Number of open blocks, the function's own included. */
  depth = 0;
  private readonly stack: number[] = [];
  /** The open blocks, the function's own first. */
  private readonly frames: Frame[] = [];
  private height = 0;
  /** Of the innermost open block: where its operands begin, and whether heights in it count from here on. */
  private base = 0;
  private counts = false;

  private get top(): Frame {
    return this.frames[this.frames.length - 1] as Frame;
  }

  private enterFrame(frame: Frame): void {
    this.depth = this.frames.length;
    this.base = frame.base;
    this.counts = !frame.silent && !frame.dead;
  }

  /** Starts a body. */
  enter({ results }: FunctionType): void {
    this.stack.length = 0;
    this.height = 0;
    this.highest = 0;
    const frame = { type: { params: [], results }, loop: false, base: 0, silent: false, dead: false };
    this.frames.length = 0;
    this.frames.push(frame);
    this.enterFrame(frame);
  }

  push(code: Slots | typeof UNKNOWN): void {
    this.stack.push(code);
    this.height += code === 2 ? 2 : 1;
    if (this.height > this.highest && this.counts) this.highest = this.height;
  }

  pop(): number {
    if (this.stack.length === this.base) {
      if (!this.top.dead) throw new InvalidModule('operand stack underflow');
      return UNKNOWN;
    }
    const code = this.stack.pop() as number;
    this.height -= code === 2 ? 2 : 1;
    return code;
  }

  take(count: number): void {
    const { stack } = this;
    if (stack.length - count < this.base) for (; count > 0; count--) this.pop();
    else for (; count > 0; count--) this.height -= stack.pop() === 2 ? 2 : 1;
  }

  fixed(pops: number, pushes: 0 | 1 | 2): void {
    if (pops > 0) this.take(pops);
    if (pushes !== 0) this.push(pushes);
  }

  private pushAll(types: readonly number[]): void {
    for (let i = 0; i < types.length; i++) this.push(types[i] === V128 ? 2 : 1);
  }

  call({ params, results }: FunctionType): void {
    this.take(params.length);
    if (results.length > 0) this.pushAll(results);
  }

  select(): void {
    this.pop();
    const second = this.pop();
    const first = this.pop();
    this.push((first === UNKNOWN ? second : first) as Slots);
  }

  open(type: FunctionType, loop: boolean): void {
    this.take(type.params.length);
    const frame = { type, loop, base: this.stack.length, silent: !this.counts, dead: false };
    this.frames.push(frame);
    this.enterFrame(frame);
    this.pushAll(type.params);
  }

  otherwise(): void {
    const frame = this.top;
    this.take(frame.type.results.length);
    if (this.stack.length !== frame.base) throw new InvalidModule('operands left at else');
    frame.dead = false;
    this.enterFrame(frame);
    this.pushAll(frame.type.params);
  }

  close(): void {
    const { type, base } = this.top;
    this.take(type.results.length);
    if (this.stack.length !== base) throw new InvalidModule('operands left at end');
    this.frames.pop();
    this.depth--;
    if (this.depth === 0) return;
    this.enterFrame(this.top);
    this.pushAll(type.results);
  }

  private label(depth: number): readonly number[] {
    const frame = this.frames[this.frames.length - 1 - depth];
    if (frame === undefined) throw new InvalidModule(`unknown label ${depth}`);
    return frame.loop ? frame.type.params : frame.type.results;
  }

  /** Takes what a branch to the label carries. */
  branch(depth: number): void {
    this.take(this.label(depth).length);
  }

  /** Takes what a branch to the label carries and gives it back. */
  branchIf(depth: number): void {
    const types = this.label(depth);
    this.take(types.length);
    this.pushAll(types);
  }

  /** Nothing after this point is reached. */
  unreachable(): void {
    while (this.stack.length > this.base) this.pop();
    this.top.dead = true;
    this.counts = false;
  }
}
