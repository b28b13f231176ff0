// plumbing: NaNs that come out of arithmetic are made canonical — spec-wise every NaN that an instruction makes is 0x7fc00000 or 0x7ff8000000000000
//
// Only where the difference can be seen: not before an operator that treats all NaNs alike, and for some locals not before they are
// read (late-nan.ts).
import type { Reader } from './bytes.js';
import { F32, F64, V128 } from './decode.js';
import type { BodyEmitter } from './emitter.js';
import { Kind, Nan, type Operation } from './opcodes.js';

const CANONICAL_NAN: Readonly<Record<number, readonly number[]>> = {
  [Nan.F32]: [0x43, 0, 0, 0xc0, 0x7f],
  [Nan.F64]: [0x44, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f],
  [Nan.F32x4]: [0xfd, 0x0c, 0, 0, 0xc0, 0x7f, 0, 0, 0xc0, 0x7f, 0, 0, 0xc0, 0x7f, 0, 0, 0xc0, 0x7f],
  [Nan.F64x2]: [0xfd, 0x0c, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f],
};
const NAN_TYPE: Readonly<Record<number, number>> = {
  [Nan.F32]: F32,
  [Nan.F64]: F64,
  [Nan.F32x4]: V128,
  [Nan.F64x2]: V128,
};
const NAN_EQUAL: Readonly<Record<number, readonly number[]>> = {
  [Nan.F32]: [0x5b],
  [Nan.F64]: [0x61],
  [Nan.F32x4]: [0xfd, 0x41],
  [Nan.F64x2]: [0xfd, 0x47],
};
/** How far to look for the operator that takes a value which may be a NaN. */
const LOOKAHEAD = 32;

/** Makes the NaN on top of the operand stack canonical, where the difference can be seen. */
export function canonicalize(code: BodyEmitter, operation: Operation): void {
  if (!code.context.passes.canonicalNan(operation.mnemonic)) return;
  // A vector's consumer may see its bits in another shape, so vectors are made canonical at once.
  const vector = operation.nan === Nan.F32x4 || operation.nan === Nan.F64x2;
  if (vector || !(isKeptForLater(code) || consumerTakesAnyNan(code))) emit(code, operation.nan);
}

/** Makes the NaN canonical that was just read from a local, where that was put off to here and the difference can be seen. */
export function canonicalizeRead(code: BodyEmitter, local: number): void {
  const type = code.localTypes[local];
  if ((type !== F32 && type !== F64) || consumerTakesAnyNan(code)) return;
  if (code.lateNans.show(local) && code.context.passes.canonicalLocal) emit(code, type === F32 ? Nan.F32 : Nan.F64);
}

/** Whether the instruction that was just read is a constant that is a NaN. */
export function isNanConstant({ bytes, position }: Reader, { skip }: Operation): boolean {
  const size: number = skip;
  if (size !== 4 && size !== 8) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset + position - size, size);
  return Number.isNaN(size === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true));
}

/**
 * Notes what is put into a local.
 * @param source the instruction before, whose result it is; undefined if that is not known
 */
export function noteWrite(code: BodyEmitter, local: number, source: Operation | undefined): void {
  const type = code.localTypes[local];
  if (type !== F32 && type !== F64) return;
  const arithmetic =
    source !== undefined && source.nan !== Nan.None && code.context.passes.canonicalNan(source.mnemonic);
  if (!arithmetic && source?.givesNumber !== true) code.lateNans.putOther(local);
}

function emit(code: BodyEmitter, nan: Nan): void {
  const { out } = code;
  code.flush(code.reader.position);
  const value = code.temporary(NAN_TYPE[nan] as number);
  out.op(0x22, value);
  out.put(...(CANONICAL_NAN[nan] as readonly number[]));
  code.get(value);
  code.get(value);
  out.put(...(NAN_EQUAL[nan] as readonly number[]));
  if (nan === Nan.F32 || nan === Nan.F64) out.byte(0x1b);
  else out.put(0xfd, 0x52);
}

/** Whether the value goes to a local that is made canonical when it is read, and to nothing else that shows its bits. */
function isKeptForLater(code: BodyEmitter): boolean {
  const { reader } = code;
  const at = reader.position;
  const { kind } = code.operation();
  let kept = false;
  if (kind === Kind.LocalSet || kind === Kind.LocalTee) {
    const local = reader.u32();
    kept = (kind === Kind.LocalSet || consumerTakesAnyNan(code)) && code.lateNans.mayHold(local);
  }
  reader.position = at;
  return kept;
}

/** Whether the operator that will take the value on top of the operand stack treats all NaNs alike. */
function consumerTakesAnyNan(code: BodyEmitter): boolean {
  const { reader } = code;
  const at = reader.position;
  let above = 0;
  let answer = false;
  for (let i = 0; i < LOOKAHEAD && reader.position < reader.end; i++) {
    const operation = code.operation();
    if (operation.kind === Kind.LocalGet) {
      reader.u32();
      above++;
      continue;
    }
    if (operation.kind === Kind.Drop && above === 0) answer = true;
    if (operation.kind !== Kind.Plain) break;
    if (operation.pops > above) {
      answer = operation.takesAnyNan;
      break;
    }
    code.immediates(operation.skip);
    above += (operation.pushes > 0 ? 1 : 0) - operation.pops;
  }
  reader.position = at;
  return answer;
}
