// plumbing: where operands are while a body is translated

import type { ValueType } from '../../../spec/wasm/types.js';
import { VALUE_TYPE_SLOTS } from '../../../spec/wasm/types.js';

const SPARE_WORDS = 3;

/** Code under construction. One for all translations: translating a function does not recurse. */
export class CodeBuffer {
  private words = new Int32Array(1024);
  length = 0;

  emit(...words: number[]): void {
    if (this.length + words.length > this.words.length) this.makeRoom(words.length);
    for (let i = 0; i < words.length; i++) this.words[this.length++] = words[i] as number;
  }

  private makeRoom(count: number): void {
    const larger = new Int32Array(2 * (this.words.length + count));
    larger.set(this.words);
    this.words = larger;
  }

  patch(at: number, word: number): void {
    this.words[at] = word;
  }

  at(index: number): number {
    return this.words[index] as number;
  }

  clear(): void {
    this.length = 0;
  }

  /** The code, with words after its end: the run loop reads as many operands as most instructions have, whatever this one has. */
  finish(): Int32Array {
    const code = new Int32Array(this.length + SPARE_WORDS);
    code.set(this.words.subarray(0, this.length));
    return code;
  }
}

/**
 * The operand stack of translation. Each operand has a home: the place that its height gives it. Until something needs it
 * there it may be elsewhere: in a local that local.get named, or nowhere because it is an i32 constant.
 */
export class Operands {
  private readonly types: ValueType[] = [];
  private readonly homes: number[] = [];
  /** Where each operand is: its home, the place of a local, or CONSTANT. */
  private readonly places: number[] = [];
  private readonly constants: number[] = [];
  /** Heights of the operands that are not at home, ascending. Few: see MAX_AWAY. */
  private away: number[] = [];
  /** The largest height so far, in words above the locals. */
  maxWords = 0;
  private nextHome: number;

  /** @param base the word at which operands start, after the locals */
  constructor(
    private readonly code: CodeBuffer,
    private readonly base: number,
  ) {
    this.nextHome = base;
  }

  get height(): number {
    return this.types.length;
  }

  /** The home that the next operand would have. */
  get next(): number {
    return this.nextHome;
  }

  typeAt(height: number): ValueType {
    return this.types[height] as ValueType;
  }

  homeAt(height: number): number {
    return height < this.homes.length ? (this.homes[height] as number) : this.nextHome;
  }

  private add(type: ValueType, place: number | undefined, constant: number): number {
    const home = this.nextHome;
    this.types.push(type);
    this.homes.push(home);
    this.places.push(place ?? home);
    this.constants.push(constant);
    this.nextHome = home + 2 * VALUE_TYPE_SLOTS[type];
    if (this.nextHome - this.base > this.maxWords) this.maxWords = this.nextHome - this.base;
    return home;
  }

  /** Pushes an operand that is at home, and gives that place. */
  push(type: ValueType): number {
    return this.add(type, undefined, 0);
  }

  /** Pushes what a local holds now. */
  pushLocal(type: ValueType, place: number): void {
    this.makeRoomAway();
    this.away.push(this.height);
    this.add(type, place, 0);
  }

  pushConstant(value: number): void {
    this.makeRoomAway();
    this.away.push(this.height);
    this.add('i32', CONSTANT, value);
  }

  /** So that bringing operands home stays cheap on any body, only a few may be away. */
  private makeRoomAway(): void {
    if (this.away.length >= MAX_AWAY) this.settleFrom(0);
  }

  /** Pops the top operand. It is still where `place` says, until something is pushed. */
  pop(): { readonly type: ValueType; readonly place: number; readonly constant: number; readonly home: number } {
    const type = this.types.pop() as ValueType;
    const home = this.homes.pop() as number;
    const place = this.places.pop() as number;
    const constant = this.constants.pop() as number;
    this.nextHome = home;
    if (this.away[this.away.length - 1] === this.height) this.away.pop();
    return { type, place, constant, home };
  }

  /** Pops the top operand and gives a place where code finds it: a constant is written to its home first. */
  popPlace(): number {
    const { place, constant, home } = this.pop();
    if (place !== CONSTANT) return place;
    this.code.emit(0x41, home, constant);
    return home;
  }

  /** Whether the top operand is a constant. */
  get topIsConstant(): boolean {
    return this.places[this.height - 1] === CONSTANT;
  }

  /** Whether the top operand is at home. */
  get topIsHome(): boolean {
    return this.places[this.height - 1] === this.homes[this.height - 1];
  }

  /** Gives the top operand another type that takes as many slots. */
  retype(type: ValueType): void {
    this.types[this.height - 1] = type;
  }

  private settle(height: number): void {
    const home = this.homes[height] as number;
    const place = this.places[height] as number;
    if (place === CONSTANT) this.code.emit(0x41, home, this.constants[height] as number);
    else if (this.types[height] === 'v128') this.code.emit(0x21, home, place, 4);
    else this.code.emit(0x20, home, place);
    this.places[height] = home;
  }

  /** Brings every operand from a height on home. */
  settleFrom(height: number): void {
    if (this.away.length === 0) return;
    for (const one of this.away) if (one >= height) this.settle(one);
    this.away = height === 0 ? [] : this.away.filter((one) => one < height);
  }

  /** Whether an operand names the local at this place. */
  names(place: number): boolean {
    return this.away.some((height) => this.places[height] === place);
  }

  /** Brings the operands home that name the local at this place, before it is overwritten. */
  settleLocal(place: number): void {
    if (!this.names(place)) return;
    for (const height of this.away) if (this.places[height] === place) this.settle(height);
    this.away = this.away.filter((height) => this.places[height] !== this.homes[height]);
  }

  /** Drops what is above a height. */
  truncate(height: number): void {
    while (this.height > height) this.pop();
  }
}

/** The place of an operand that is a constant. */
export const CONSTANT = -1;

const MAX_AWAY = 32;
