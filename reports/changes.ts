// plumbing: what changed in a canister between two digests, in words
import type { CanisterDigest } from '../spec/vocabulary/record.js';
import { blob, grouped, nameOf, short } from './words.js';
import type { StoryChange } from './story-types.js';

type Field = Exclude<keyof CanisterDigest, 'canister'>;

/** The fields of a digest in the order in which people are told of them. */
const FIELD_NAMES: Readonly<Record<Field, string>> = {
  status: 'status',
  moduleHash: 'module',
  wasmMemory: 'Wasm memory (digest)',
  wasmPages: 'Wasm memory size (pages)',
  globals: 'globals',
  tables: 'tables',
  droppedSegments: 'dropped segments',
  stableMemory: 'stable memory (digest)',
  stablePages: 'stable memory size (pages)',
  certifiedData: 'certified data',
  globalTimer: 'global timer',
  log: 'canister log',
  lowMemoryHook: 'low-memory hook',
  openCallContexts: 'open call contexts',
  balance: 'cycle balance',
  reservedBalance: 'reserved cycles',
  version: 'canister version',
};

const FIELDS = Object.keys(FIELD_NAMES) as Field[];

/** Name of a digest field for people. */
export function fieldName(field: string): string {
  return (FIELD_NAMES as Readonly<Record<string, string>>)[field] ?? field;
}

/** The fields in which two digests of one canister differ. An absent digest: the canister did not exist. */
export function changesOf(before: CanisterDigest | undefined, after: CanisterDigest): readonly StoryChange[] {
  const canister = nameOf(after.canister);
  if (before === undefined) {
    return [{ canister, field: 'canister', before: 'absent', after: `created with ${grouped(after.balance)} cycles` }];
  }
  return FIELDS.flatMap((field) => {
    if (same(before[field], after[field])) return [];
    return [{ canister, field: fieldName(field), ...shownApart(field, before[field], after[field]) }];
  });
}

/** The fields in which the target left a canister otherwise than the model: as they were, and as the model has them. */
export function modelChanges(
  before: CanisterDigest | undefined,
  target: CanisterDigest | undefined,
  model: CanisterDigest,
): readonly StoryChange[] {
  if (target === undefined) return changesOf(before, model);
  const canister = nameOf(model.canister);
  return FIELDS.flatMap((field) => {
    if (same(target[field], model[field])) return [];
    const after = shownApart(field, target[field], model[field]).after;
    const stays = before !== undefined && same(before[field], model[field]);
    const earlier = before === undefined ? 'absent' : shownApart(field, before[field], model[field]).before;
    return [{ canister, field: fieldName(field), before: stays ? after : earlier, after }];
  });
}

/** Digest fields have one form for one value, so their texts can be compared. */
function same(a: unknown, b: unknown): boolean {
  return keyed(a) === keyed(b);
}

function keyed(value: unknown): string {
  if (value === undefined) return 'absent';
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part));
}

type Value = CanisterDigest[Field];

/** Of lists only the entries that differ, up to four. */
function shownApart(field: Field, before: Value, after: Value): { before: string; after: string } {
  if (Array.isArray(before) && Array.isArray(after)) {
    const a = before as readonly unknown[];
    const b = after as readonly unknown[];
    const indices = Array.from({ length: Math.max(a.length, b.length) }, (_, i) => i).filter((i) => !same(a[i], b[i]));
    const list = (values: readonly unknown[]) =>
      indices
        .slice(0, 4)
        .map((i) => `[${i}] ${entryText(values[i])}`)
        .join(', ') + (indices.length > 4 ? `, … (${indices.length} differ)` : '');
    return { before: list(a), after: list(b) };
  }
  return { before: valueText(field, before), after: valueText(field, after) };
}

function entryText(value: unknown): string {
  if (value === undefined) return 'absent';
  if (typeof value === 'bigint') return grouped(value);
  return short(typeof value === 'string' ? blob(value) : JSON.stringify(value));
}

function valueText(field: Field, value: Value): string {
  if (value === undefined) return 'absent';
  if (field === 'globalTimer' && value === 0n) return 'not set';
  if (field === 'certifiedData' && typeof value === 'string') return blob(value);
  if (typeof value === 'bigint' || typeof value === 'number') return grouped(value);
  return typeof value === 'string' ? value : keyed(value);
}
