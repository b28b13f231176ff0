// plumbing: the types on the stack before each instruction of raw code
import type { PointerWidth } from '../../spec/vocabulary/brands.js';
import type { Code, CodeImmediate, CodeInstruction } from '../../spec/vocabulary/program.js';
import { signatureFor, systemApiFunction } from '../../spec/system-api.js';
import { INSTRUCTION_BY_MNEMONIC, type OperandType } from '../../spec/wasm/instructions.js';
import { VALUE_TYPE_CODES, type FuncType, type ValueType } from '../../spec/wasm/types.js';

/** What the types of code depend on. */
export interface TypingContext {
  readonly width: PointerWidth;
  readonly locals: readonly ValueType[];
  readonly globals: readonly ValueType[];
  /** Type of a function of the program. */
  readonly functionType: (name: string) => FuncType | undefined;
}

/** Where an instruction stands: in which block (a number for each arm), and what that block has on the stack. */
interface Place {
  readonly block: number;
  /** The innermost block's own values, bottom first; undefined in dead code. */
  readonly stack: readonly ValueType[] | undefined;
  /** How many values the instruction here takes, as far as they are its own (what a branch carries along is not counted). */
  readonly pops: number;
}

interface Frame {
  readonly block: number;
  readonly type: FuncType;
  readonly below: readonly ValueType[] | undefined;
}

/**
 * The place before each instruction, and after the last one; undefined for code that cannot be typed.
 * Only as much as reduction needs: it does not check that operands fit.
 */
export function placesOf(code: Code, context: TypingContext): readonly Place[] | undefined {
  const places: Place[] = [];
  const frames: Frame[] = [];
  let blocks = 0;
  let block = 0;
  let stack: ValueType[] | undefined = [];
  for (const instruction of code) {
    const [mnemonic, first] = instruction;
    const place = { block, stack: stack && [...stack], pops: 0 };
    places.push(place);
    switch (mnemonic) {
      case 'block':
      case 'loop':
      case 'if': {
        const type = first as FuncType;
        if (stack !== undefined)
          stack.length = Math.max(0, stack.length - type.params.length - (mnemonic === 'if' ? 1 : 0));
        frames.push({ block, type, below: stack });
        block = ++blocks;
        stack = [...type.params];
        break;
      }
      case 'else':
      case 'end': {
        const frame = frames.at(-1);
        if (frame === undefined) return undefined;
        if (mnemonic === 'else') {
          block = ++blocks;
          stack = [...frame.type.params];
        } else {
          frames.pop();
          block = frame.block;
          stack = frame.below && [...frame.below, ...frame.type.results];
        }
        break;
      }
      case 'br':
      case 'br_table':
      case 'return':
      case 'unreachable':
        stack = undefined;
        break;
      default: {
        const effect = effectOf(instruction, stack, context);
        if (effect === undefined) return undefined;
        place.pops = effect.pops;
        if (stack !== undefined) {
          if (stack.length < effect.pops) return undefined;
          stack.length -= effect.pops;
          stack.push(...effect.pushes);
        }
      }
    }
  }
  places.push({ block, stack, pops: 0 });
  return places;
}

interface Effect {
  readonly pops: number;
  readonly pushes: readonly ValueType[];
}

function effectOf(
  [mnemonic, first]: CodeInstruction,
  stack: readonly ValueType[] | undefined,
  context: TypingContext,
): Effect | undefined {
  const top = (n: number) => stack?.at(-1 - n) ?? 'i32';
  const of = (pops: number, ...pushes: readonly (ValueType | undefined)[]): Effect | undefined =>
    pushes.includes(undefined) ? undefined : { pops, pushes: pushes as readonly ValueType[] };
  switch (mnemonic) {
    case 'br_if':
    case 'drop':
    case 'local.set':
    case 'global.set':
      return of(1);
    case 'select':
    case 'select t':
      return of(3, top(1));
    case 'local.get':
      return of(0, context.locals[first as number]);
    case 'local.tee':
      return of(1, context.locals[first as number]);
    case 'global.get':
      return of(0, context.globals[first as number]);
    case 'ref.null':
      return of(0, first === VALUE_TYPE_CODES.funcref ? 'funcref' : 'externref');
    case 'ref.is_null':
      return of(1, 'i32');
    case 'ref.func':
      return of(0, 'funcref');
    case 'memory.copy':
    case 'table.copy':
    case 'table.init':
      return of(3);
    case 'call':
      return callEffect(first, context);
    default:
      return fixedEffect(mnemonic, context);
  }
}

function callEffect(callee: CodeImmediate | undefined, context: TypingContext): Effect | undefined {
  if (typeof callee !== 'string') return undefined;
  const api = callee.startsWith('ic0.') ? systemApiFunction(callee.slice(4)) : undefined;
  const type = api === undefined ? context.functionType(callee) : signatureFor(api, context.width);
  return type && { pops: type.params.length, pushes: type.results };
}

function fixedEffect(mnemonic: string, context: TypingContext): Effect | undefined {
  const row = INSTRUCTION_BY_MNEMONIC.get(mnemonic);
  if (row?.typing.kind !== 'fixed') return undefined;
  const at = (type: OperandType): ValueType => {
    if (type === 'memory address') return context.width;
    if (type === 'table address') return 'i32';
    return type === 'table element' ? 'funcref' : type;
  };
  return { pops: row.typing.params.length, pushes: row.typing.results.map(at) };
}
