// table: mutants of the instrumentation itself — CHARGING.md 1, spec/vocabulary/stack-budget.md
import { COMPARED_PAGES } from '../../executor/instrument/compile.js';
import { FRAME_SLOTS } from '../../spec/vocabulary/stack-budget.js';
import { WASM_PAGE_BYTES } from '../../spec/wasm/types.js';
import { entry, executorMutants, part, systemCall } from './mutant.js';

const CHARGED = [
  'profile/instructions',
  'profile/block-charge',
  'profile/fees',
  'profile/message-fee',
  'profile/performance-counter',
  'profile/install-fee',
  'profile/function-entry',
];

export const instrumentation = executorMutants('instrumentation', [
  [
    'block-not-charged',
    'Blocks inside a function are not charged.',
    CHARGED,
    part('instrumentation', 'blockCharge', () => () => 0),
  ],
  [
    'small-blocks-not-charged',
    'A block of a single instruction is not charged.',
    CHARGED,
    part('instrumentation', 'blockCharge', () => (weight) => (weight === 1 ? 0 : weight)),
  ],
  [
    'entry-not-charged',
    'A function entry costs its first block only.',
    CHARGED,
    part('instrumentation', 'entryCharge', () => (weight) => weight),
  ],
  [
    'loop-charged-once-more',
    'A loop header costs one instruction more.',
    [...CHARGED, 'profile/instruction-limit', 'profile/loop-test'],
    part('instrumentation', 'loopCharge', () => (weight) => weight + 1),
  ],
  [
    'entry-not-tested',
    'The instruction limit is not tested at function entry.',
    [
      'profile/loop-test',
      'profile/instruction-limit',
      'message-execution/instruction-limit',
      'profile/instructions',
      'profile/stack-budget',
    ],
    part('instrumentation', 'entryTest', () => false),
  ],
  [
    'bulk-not-charged',
    'memory.fill does not charge the bytes that it fills.',
    ['profile/bulk-charge', ...CHARGED],
    part('instrumentation', 'dynamicCharge', () => (mnemonic) => mnemonic !== 'memory.fill'),
  ],
  [
    'memory-copy-not-charged',
    'memory.copy does not charge the bytes that it copies.',
    ['profile/bulk-charge', ...CHARGED],
    part('instrumentation', 'dynamicCharge', () => (mnemonic) => mnemonic !== 'memory.copy'),
  ],
  [
    'nan-not-canonical',
    'NaN results keep the payload that the host gives them.',
    ['profile/nan-canonical', 'wasm/nan-payload', 'wasm/float-arithmetic', 'wasm/simd'],
    part('instrumentation', 'canonicalNan', () => () => false),
  ],
  [
    'nan-of-f32-not-canonical',
    'NaN results of f32 instructions keep the payload that the host gives them.',
    ['profile/nan-canonical', 'wasm/nan-payload', 'wasm/float-arithmetic'],
    part('instrumentation', 'canonicalNan', () => (mnemonic) => !mnemonic.startsWith('f32.')),
  ],
  [
    'nan-in-local-not-canonical',
    'A NaN keeps the payload that the host gives it in a local into which only results are put.',
    ['profile/nan-canonical', 'wasm/nan-payload', 'wasm/float-arithmetic'],
    part('instrumentation', 'canonicalLocal', () => false),
  ],
  [
    'locals-take-no-stack',
    'The stack budget counts no locals.',
    ['profile/stack-budget', 'profile/instructions'],
    part('instrumentation', 'stackSlots', () => (parameters, _, operands) => FRAME_SLOTS + parameters + operands),
  ],
  [
    'operands-take-no-stack',
    'The stack budget counts no operands.',
    ['profile/stack-budget', 'profile/instructions'],
    part('instrumentation', 'stackSlots', () => (parameters, locals) => FRAME_SLOTS + parameters + locals),
  ],
  [
    'counter-not-visible-at-division',
    'A trapping division does not show what was charged before it.',
    CHARGED,
    part('instrumentation', 'publish', () => (mnemonic) => !/div|rem/.test(mnemonic)),
  ],
  [
    'counter-not-visible-at-unreachable',
    'unreachable does not show what was charged before it.',
    CHARGED,
    part('instrumentation', 'publish', () => (mnemonic) => mnemonic !== 'unreachable'),
  ],
  [
    'dirty-page-missed',
    'Rollback misses the last 4 KiB page of the memory.',
    ['atomicity/wasm-memory', 'atomicity/any-trap', 'query-calls/leaves-no-trace'],
    part('undo', 'wasmMemory', (undo) => (execution) => {
      const bytes = execution.instance.bytes();
      const last = bytes.slice(Math.max(bytes.length - 4096, 0));
      undo(execution);
      execution.instance.bytes().set(last, Math.max(bytes.length - 4096, 0));
    }),
  ],
  [
    'single-byte-missed',
    'A page of a large memory in which a system call writes a single byte is not noted.',
    ['atomicity/wasm-memory', 'atomicity/any-trap', 'atomicity/returned-commits', 'query-calls/leaves-no-trace'],
    systemCall('canister_self_copy', (copy) => (execution, dst, offset, size) => {
      const byte = execution.canister.idBytes[offset];
      if (size !== 1 || byte === undefined || dst >= execution.instance.bytes().length)
        copy(execution, dst, offset, size);
      else execution.instance.bytes()[dst] = byte;
    }),
  ],
  [
    'growing-large-loses-last-page',
    'A memory that comes to have one page more than a small one may have loses the last page.',
    ['atomicity/returned-commits', 'atomicity/wasm-memory'],
    part('commit', 'promotion', (promote) => (execution) => {
      const { instance } = execution;
      const before = instance.memory;
      promote(execution);
      const { memory } = instance;
      if (memory === before || memory?.pages !== COMPARED_PAGES + 1n) return;
      memory.writable(Number(COMPARED_PAGES) * WASM_PAGE_BYTES, WASM_PAGE_BYTES).fill(0);
      memory.commit();
    }),
  ],
  [
    'stable-dirty-page-missed',
    'Rollback of the stable memory misses its first 4 KiB page.',
    ['atomicity/stable-memory', 'atomicity/any-trap', 'query-calls/leaves-no-trace'],
    part('undo', 'stableMemory', (undo) => (execution) => {
      const { stable } = execution.canister;
      const page = new Uint8Array(4096);
      if (stable.size > 0n) stable.read(0, page);
      undo(execution);
      if (stable.size > 0n) stable.write(0, page);
    }),
  ],
  [
    'table-not-restored',
    'After a trap tables keep their new entries.',
    ['atomicity/tables-and-segments', 'atomicity/any-trap', 'query-calls/leaves-no-trace'],
    part('undo', 'tables', () => () => undefined),
  ],
  [
    'globals-not-committed',
    'The values of globals are not kept when an execution returns.',
    ['atomicity/returned-commits', 'wasm/globals'],
    entry('commitOrder', (order) => order.filter((step) => step !== 'globals')),
  ],
]);
