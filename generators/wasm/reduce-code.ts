// plumbing: shorter typed-stack code
import type { Code, CodeInstruction } from '../../spec/vocabulary/program.js';
import { VALUE_TYPE_CODES, type ValueType } from '../../spec/wasm/types.js';
import { placesOf, type TypingContext } from './typing.js';

interface ShorterCode {
  readonly code: Code;
  readonly results: readonly ValueType[];
}

/**
 * Code that is shorter than the given one and as valid: stretches within a block are replaced by the shortest code that takes
 * and leaves values of the same types; constants become zero.
 */
export function* reduceCode(code: Code, results: readonly ValueType[], context: TypingContext): Iterable<ShorterCode> {
  if (code.length === 0 && results.length === 0) return;
  yield { code: [], results: [] };
  const places = placesOf(code, context);
  if (places === undefined) return;
  for (let size = code.length; size > 0; size = size >> 1) {
    for (let from = 0; from + size <= code.length; from += Math.max(1, size >> 1)) {
      const bridge = isDead(code, places, from, from + size) ? [] : between(places[from], places[from + size]);
      if (bridge === undefined || bridge.length >= size) continue;
      yield { code: [...code.slice(0, from), ...bridge, ...code.slice(from + size)], results };
    }
  }
  for (let i = 0; i < code.length; i++) {
    const j = dropOf(code, places, i);
    if (j !== undefined) yield { code: [...code.slice(0, i), ...code.slice(i + 1, j), ...code.slice(j + 1)], results };
  }
  for (const unwrapped of withoutBlocks(code)) yield { code: unwrapped, results };
  for (let i = 0; i < code.length; i++) {
    if (code[i]?.[0] === 'br_if') yield { code: [...code.slice(0, i), DROP, ...code.slice(i + 1)], results };
  }
  if (results.length > 1) yield { code: [...code, ...results.slice(1).map(() => DROP)], results: results.slice(0, 1) };
  for (let i = 0; i < code.length; i++) {
    const [mnemonic, value] = code[i] as CodeInstruction;
    if (mnemonic.endsWith('.const') && typeof value === 'bigint' && value !== 0n) {
      yield { code: [...code.slice(0, i), [mnemonic, 0n], ...code.slice(i + 1)], results };
    }
  }
}

const DROP: CodeInstruction = ['drop'];

type Places = Exclude<ReturnType<typeof placesOf>, undefined>;

/** Where the value that the instruction pushes is dropped, if nothing takes or carries it in between. */
function dropOf(code: Code, places: Places, i: number): number | undefined {
  const [here, next] = [places[i], places[i + 1]];
  if (here?.stack === undefined || next?.stack === undefined || here.pops > 0) return undefined;
  if (here.block !== next.block || next.stack.length !== here.stack.length + 1) return undefined;
  const height = here.stack.length;
  for (let j = i + 1; j < code.length; j++) {
    const place = places[j];
    const mnemonic = code[j]?.[0] ?? 'nop';
    if (BRANCHES.has(mnemonic) || mnemonic === 'unreachable') return undefined;
    if (place?.block !== here.block) continue;
    if (place.stack === undefined) return undefined;
    if (mnemonic === 'drop' && place.stack.length === height + 1) return j;
    if (mnemonic === 'end' || mnemonic === 'else' || place.stack.length - place.pops <= height) return undefined;
  }
  return undefined;
}

const BLOCKS: ReadonlySet<string> = new Set(['block', 'loop', 'if']);
/** Instructions that leave a block: their labels would count one block too many. */
export const BRANCHES: ReadonlySet<string> = new Set(['br', 'br_if', 'br_table', 'return']);

/** The code with what is in a block in place of the block, for blocks that nothing branches out of; of an if its first arm. */
function* withoutBlocks(code: Code): Iterable<Code> {
  for (let start = 0; start < code.length; start++) {
    const opening = code[start]?.[0];
    if (opening === undefined || !BLOCKS.has(opening)) continue;
    const { end, middle } = endOf(code, start);
    const inner = code.slice(start + 1, middle ?? end);
    if (inner.some(([mnemonic]) => BRANCHES.has(mnemonic) || mnemonic === 'unreachable')) continue;
    yield [...code.slice(0, start), ...(opening === 'if' ? [DROP] : []), ...inner, ...code.slice(end + 1)];
  }
}

/** Positions of the `end` and, if there is one, the `else` of the block that starts here. */
function endOf(code: Code, start: number): { readonly end: number; readonly middle?: number } {
  let depth = 0;
  let middle: number | undefined;
  for (let i = start; i < code.length; i++) {
    const mnemonic = code[i]?.[0] ?? 'nop';
    if (BLOCKS.has(mnemonic)) depth++;
    if (mnemonic === 'else' && depth === 1) middle = i;
    if (mnemonic === 'end' && --depth === 0) return middle === undefined ? { end: i } : { end: i, middle };
  }
  return { end: code.length };
}

/** Whether the stretch is all of the dead code from a branch to the end of its block. */
function isDead(code: Code, places: Places, from: number, to: number): boolean {
  const end = code[to]?.[0];
  const [begin, finish] = [places[from], places[to]];
  if (begin?.stack !== undefined || begin?.block !== finish?.block || (end !== 'end' && end !== 'else')) return false;
  return places[from - 1]?.stack !== undefined;
}

/** The shortest code from one place to another in the same block; undefined where there is none. */
function between(from: Places[number] | undefined, to: Places[number] | undefined): Code | undefined {
  if (from === undefined || to === undefined || from.block !== to.block) return undefined;
  // Within dead code the types of what is left would have to be known.
  if (from.stack === undefined || to.stack === undefined) return undefined;
  let same = 0;
  while (same < from.stack.length && same < to.stack.length && from.stack[same] === to.stack[same]) same++;
  return [...from.stack.slice(same).map(() => DROP), ...to.stack.slice(same).map(zero)];
}

function zero(type: ValueType): CodeInstruction {
  if (type === 'funcref' || type === 'externref') return ['ref.null', VALUE_TYPE_CODES[type]];
  return [`${type}.const`, 0n];
}
