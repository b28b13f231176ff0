// plumbing: the queries in which a canister tells what it has logged and holds, and shows its certificate
import type { Expression, Program, Statement } from '../../spec/vocabulary/program.js';
import { LAYOUT } from '../../generators/canister/builder.js';
import { tellLog } from '../../generators/scenario/canister.js';
import { constant, MEMORY_BYTES, operation, store, variable, when } from '../../generators/canister/expressions.js';

/** Parts of the reply after the log: so many bytes of cells, then sizes and globals, then stable memory where there is any, and more memory. */
export const CELLS_BYTES = 64;
export const STATE_BYTES = 80;
const MORE_CELLS_BYTES = 64;

/** A system call whose result is not logged. */
export const quiet = (name: string, args: readonly Expression[], into?: number): Statement => ({
  kind: 'system call',
  name,
  args,
  ...(into !== undefined && { into }),
});

const append = (address: Expression, size: number) => quiet('msg_reply_data_append', [address, constant(size)]);

/** Where code writes far from what else it uses: ends and beginnings of pages, counted from the end of the memory. */
const FROM_THE_END: readonly number[] = [16, 0x1004, 0x2ff8, 0x3000, 65_536, 65_552, 2 * 65_536, 2 * 65_536 + 16];

/** Ranges of the stable memory that code writes to. */
const STABLE_RANGES: readonly number[] = [0, 64, 4080];

/** What the smallest memory, of one page, adds to the reply. */
const FROM_THE_END_OF_A_PAGE = 16 * FROM_THE_END.filter((back) => back <= 65_536).length;

/** So many bytes at least come after the log. */
export const LEAST_STATE_BYTES = CELLS_BYTES + STATE_BYTES + MORE_CELLS_BYTES + FROM_THE_END_OF_A_PAGE;

/** The body of the query, of a program with a memory. What it overwrites is undone with the query. */
export function tellState({ globals }: Program): readonly Statement[] {
  const out = LAYOUT.scratch;
  const pages = 0;
  return [
    tellLog(),
    quiet('stable64_size', [], pages),
    store(out, variable(pages)),
    store(out + 8, MEMORY_BYTES),
    ...globals.flatMap(({ type }, index): Statement[] =>
      type === 'i32' || type === 'i64' ? [store(out + 16 + 8 * (index % 8), { kind: 'global', index })] : [],
    ),
    append(constant(LAYOUT.cells), CELLS_BYTES),
    append(constant(out), STATE_BYTES),
    when(
      variable(pages),
      STABLE_RANGES.flatMap((offset) => [
        quiet('stable64_read', [constant(out), constant(offset), constant(64)]),
        append(constant(out), 64),
      ]),
    ),
    append(constant(LAYOUT.cells + 0x100), MORE_CELLS_BYTES),
    ...FROM_THE_END.map((back) =>
      when(operation('gt_u', MEMORY_BYTES, constant(back - 1)), [
        append(operation('sub', MEMORY_BYTES, constant(back)), 16),
      ]),
    ),
    quiet('msg_reply', []),
  ];
}

/** The query whose reply is the certificate that the canister was given with it; empty: none that it can hold. */
export const CERTIFICATE_METHOD = 'ic0-conformance certificate';

/** What canisters need to show it. */
export const CERTIFICATE_IMPORTS = ['data_certificate_present', 'data_certificate_size', 'data_certificate_copy'];

/** The body of that query. It writes over the log, which is undone with the query. */
export function showCertificate(): readonly Statement[] {
  const { at, bytes } = LAYOUT.log;
  const [present, size] = [0, 1];
  const fits = operation('eq', operation('gt_u', variable(size), constant(bytes)), constant(0));
  return [
    quiet('data_certificate_present', [], present),
    when(variable(present), [
      quiet('data_certificate_size', [], size),
      when(fits, [
        quiet('data_certificate_copy', [constant(at), constant(0), variable(size)]),
        quiet('msg_reply_data_append', [constant(at), variable(size)]),
      ]),
    ]),
    quiet('msg_reply', []),
  ];
}
