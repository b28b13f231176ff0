// plumbing: what the oddities of a program add to its module — padding, foreign imports and exports, bytes behind the end
import { bytesOf } from '../../spec/vocabulary/brands.js';
import type { Oddity, Program } from '../../spec/vocabulary/program.js';
import { EXTERN_KIND_CODES, VALUE_TYPE_CODES } from '../../spec/wasm/types.js';
import type { Bytes } from './bytes.js';

/** How many are added. */
export interface Padding {
  readonly functions: number;
  readonly globals: number;
  readonly methods: number;
}

/** Methods are exports of the padding functions, of which there is at least one then. */
export function paddingOf(program: Program): Padding {
  let functions = 0;
  let globals = 0;
  let methods = 0;
  for (const oddity of program.oddities) {
    if (oddity.kind === 'more functions') functions += oddity.count;
    if (oddity.kind === 'more globals') globals += oddity.count;
    if (oddity.kind === 'more methods') methods += oddity.count;
  }
  return { functions: methods > 0 ? Math.max(functions, 1) : functions, globals, methods };
}

type ForeignImport = Extract<Oddity, { kind: 'import memory' | 'import table' | 'import global' }>;

/** The imports that are no functions. */
export function foreignImports({ oddities }: Program): readonly ForeignImport[] {
  return oddities.filter(
    (oddity): oddity is ForeignImport =>
      oddity.kind === 'import memory' || oddity.kind === 'import table' || oddity.kind === 'import global',
  );
}

export function writeForeignImport(out: Bytes, oddity: ForeignImport): void {
  out.name(oddity.module);
  out.name(oddity.name);
  switch (oddity.kind) {
    case 'import memory':
      out.byte(EXTERN_KIND_CODES.memory);
      out.byte(0);
      out.u32(1);
      break;
    case 'import table':
      out.byte(EXTERN_KIND_CODES.table);
      out.byte(VALUE_TYPE_CODES.funcref);
      out.byte(0);
      out.u32(1);
      break;
    case 'import global':
      out.byte(EXTERN_KIND_CODES.global);
      out.byte(VALUE_TYPE_CODES.i32);
      out.byte(0);
      break;
  }
}

/** The exports that are no functions, with the code of what they are. */
export function foreignExports({ oddities }: Program): readonly { readonly name: string; readonly code: number }[] {
  return oddities.flatMap((oddity) => {
    switch (oddity.kind) {
      case 'export memory':
        return [{ name: oddity.name, code: EXTERN_KIND_CODES.memory }];
      case 'export table':
        return [{ name: oddity.name, code: EXTERN_KIND_CODES.table }];
      case 'export global':
        return [{ name: oddity.name, code: EXTERN_KIND_CODES.global }];
      default:
        return [];
    }
  });
}

/** The module's bytes, with what follows them or without what is cut off. */
export function finish(out: Bytes, oddities: readonly Oddity[]): Uint8Array {
  let cut = 0;
  for (const oddity of oddities) {
    if (oddity.kind === 'trailing bytes') out.bytes(bytesOf(oddity.bytes));
    if (oddity.kind === 'truncated') cut += oddity.by;
  }
  const bytes = out.toUint8Array();
  return cut === 0 ? bytes : bytes.subarray(0, Math.max(0, bytes.length - cut));
}
