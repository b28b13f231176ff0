// plumbing: where operands are while a body is translated

import type { ValueType } from '../../../spec/wasm/types.js';
import { VALUE_TYPE_SLOTS } from '../../../spec/wasm/types.js';
import { OP } from './opcodes.js';

/** An operand while its body is translated. */
interface Operand {
  readonly type: ValueType;
  /** The place that its height gives it. */
  readonly home: number;
  /** Where it is: its home, the place of a local, or CONSTANT. */
  readonly place: number;
  /** Its value, if it is a constant. */
  readonly constant: number;
}

/**
 * The operand stack of translation. Each operand has a home: the place that its height gives it. Until something needs it
 * there it may be elsewhere: in a local that local.get named, or nowhere because it is an i32 constant.
 */
export class Operands {
  private readonly operands: Operand[] = [];
  /** Heights of the operands that are not at home, ascending. Few: see MAX_AWAY. */
  private away: number[] = [];
  /** How many operands there are. */
  height = 0;
  /** The home that the next operand would have. */
  next: number;
  /** The largest height so far, in words above the locals. */
  maxWords = 0;

  /**
   * @param code takes what brings operands home
   * @param base the word at which operands start, after the locals
   */
  constructor(
    private readonly code: number[],
    private readonly base: number,
  ) {
    this.next = base;
  }

  /** An operand that is there. */
  private at(height: number): Operand {
    return this.operands[height] as Operand;
  }

  typeAt(height: number): ValueType {
    return this.at(height).type;
  }

  homeAt(height: number): number {
    return this.operands[height]?.home ?? this.next;
  }

  /** Pushes an operand that is at home, or where `place` says: what a local holds now, or a constant. Gives its home. */
  push(type: ValueType, place = this.next, constant = 0): number {
    const home = this.next;
    if (place !== home) {
      // So that bringing operands home stays cheap on any body, only a few may be away.
      if (this.away.length >= MAX_AWAY) this.settleFrom(0);
      this.away.push(this.height);
    }
    this.operands.push({ type, home, place, constant });
    this.height++;
    this.next = home + 2 * VALUE_TYPE_SLOTS[type];
    if (this.next - this.base > this.maxWords) this.maxWords = this.next - this.base;
    return home;
  }

  /** Pushes operands that are at home. */
  pushAll(types: readonly ValueType[]): void {
    for (let i = 0; i < types.length; i++) this.push(types[i] as ValueType);
  }

  /** Pops the top operand. It is still where `place` says, until something is pushed. */
  pop(): Operand {
    const operand = this.operands.pop() as Operand;
    this.height--;
    this.next = operand.home;
    if (this.away[this.away.length - 1] === this.height) this.away.pop();
    return operand;
  }

  /** Pops the top operand and gives a place where code finds it: a constant is written to its home first. */
  popPlace(): number {
    const { place, constant, home } = this.pop();
    if (place !== CONSTANT) return place;
    this.code.push(OP.const, home, constant);
    return home;
  }

  /** Whether the top operand is a constant. */
  get topIsConstant(): boolean {
    return this.operands[this.height - 1]?.place === CONSTANT;
  }

  /** Whether the top operand is at home. */
  get topIsHome(): boolean {
    const top = this.operands[this.height - 1];
    return top?.place === top?.home;
  }

  /** Gives the top operand another type that takes as many slots. */
  retype(type: ValueType): void {
    this.operands[this.height - 1] = { ...this.at(this.height - 1), type };
  }

  private settle(height: number): void {
    const { type, home, place, constant } = this.at(height);
    if (place === CONSTANT) this.code.push(OP.const, home, constant);
    else if (type === 'v128') this.code.push(OP['copy words'], home, place, 4);
    else this.code.push(OP.copy, home, place);
    this.operands[height] = { type, home, place: home, constant };
  }

  /** Brings every operand from a height on home. */
  settleFrom(height: number): void {
    const { away } = this;
    if (away.length === 0) return;
    for (let i = 0; i < away.length; i++) if ((away[i] as number) >= height) this.settle(away[i] as number);
    this.away = height === 0 ? [] : away.filter((one) => one < height);
  }

  /** Whether an operand names the local at this place. */
  names(place: number): boolean {
    return this.away.some((height) => this.at(height).place === place);
  }

  /** Brings the operands home that name the local at this place, before it is overwritten. */
  settleLocal(place: number): void {
    if (!this.names(place)) return;
    for (const height of this.away) if (this.at(height).place === place) this.settle(height);
    this.away = this.away.filter((height) => this.at(height).place !== this.at(height).home);
  }

  /** Drops what is above a height. */
  truncate(height: number): void {
    while (this.height > height) this.pop();
  }
}

/** The place of an operand that is a constant. */
export const CONSTANT = -1;

const MAX_AWAY = 32;
