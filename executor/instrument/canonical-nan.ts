// plumbing: NaNs that come out of arithmetic are made canonical — spec-wise every NaN that an instruction makes is 0x7fc00000 or 0x7ff8000000000000
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
const LOOKAHEAD = 16;

/** Makes the NaN on top of the operand stack canonical, where the difference can be seen. */
export function canonicalize(code: BodyEmitter, operation: Operation): void {
  const { out } = code;
  if (!code.context.passes.canonicalNan(operation.mnemonic)) return;
  if (consumerTakesAnyNan(code, operation.nan === Nan.F32x4 || operation.nan === Nan.F64x2)) return;
  code.flush(code.reader.position);
  const value = code.temporary(NAN_TYPE[operation.nan] as number);
  out.op(0x22, value);
  out.put(...(CANONICAL_NAN[operation.nan] as readonly number[]));
  code.get(value);
  code.get(value);
  out.put(...(NAN_EQUAL[operation.nan] as readonly number[]));
  if (operation.nan === Nan.F32 || operation.nan === Nan.F64) out.byte(0x1b);
  else out.put(0xfd, 0x52);
}

/** Whether the operator that will take the value on top of the operand stack treats all NaNs alike. */
function consumerTakesAnyNan(code: BodyEmitter, vector: boolean): boolean {
  // A vector's consumer may see its bits in another shape, so vectors are made canonical at once.
  if (vector) return false;
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
