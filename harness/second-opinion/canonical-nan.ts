// plumbing: the one canonical NaN, made inside a module for an engine that leaves the bits of a NaN open

import type { Code, CodeInstruction } from '../../spec/vocabulary/program.js';
import type { ValueType } from '../../spec/wasm/types.js';

/** Instructions whose NaN results the specification leaves open; all others give bits that it defines. */
const SCALAR = /^(f32|f64)\.(?:ceil|floor|trunc|nearest|sqrt|add|sub|mul|div|min|max|demote_f64|promote_f32)$/;
const VECTOR =
  /^(f32x4|f64x2)\.(?:ceil|floor|trunc|nearest|sqrt|add|sub|mul|div|min|max|demote_f64x2_zero|promote_low_f32x4)$/;

const NAN = { f32: 0x7fc00000n, f64: 0x7ff8000000000000n } as const;

/** Locals that canonicalisation needs, behind `firstLocal`, in this order. */
export const SCRATCH: readonly ValueType[] = ['f32', 'f64', 'v128'];

/** The code with each open NaN result made canonical. */
export function withCanonicalNans(code: Code, firstLocal: number): Code {
  const out: CodeInstruction[] = [];
  for (const instruction of code) {
    out.push(instruction);
    const scalar = SCALAR.exec(instruction[0])?.[1] as 'f32' | 'f64' | undefined;
    const vector = VECTOR.exec(instruction[0])?.[1] as 'f32x4' | 'f64x2' | undefined;
    if (scalar !== undefined) {
      const x = firstLocal + SCRATCH.indexOf(scalar);
      out.push(['local.tee', x], [`${scalar}.const`, NAN[scalar]], ['local.get', x], ['local.get', x]);
      out.push([`${scalar}.eq`], ['select']);
    } else if (vector !== undefined) {
      const x = firstLocal + SCRATCH.indexOf('v128');
      const lane = vector === 'f32x4' ? 'f32' : 'f64';
      out.push(['local.tee', x], [`${lane}.const`, NAN[lane]], [`${vector}.splat`], ['local.get', x], ['local.get', x]);
      out.push([`${vector}.eq`], ['v128.bitselect']);
    }
  }
  return out;
}
