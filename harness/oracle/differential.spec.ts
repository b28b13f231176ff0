// plumbing: tests of the comparison — whatever differs is found
import { profileNamed } from '../../spec/profiles/profiles.js';
import { cycles, hex, nanoseconds } from '../../spec/vocabulary/brands.js';
import type { CallContextId, RequestId } from '../../spec/vocabulary/ids.js';
import type {
  CanisterDigest,
  ExecutionRecord,
  SystemCallRecord,
  TransitionRecord,
} from '../../spec/vocabulary/record.js';
import { attribute } from './attribution.js';
import { firstDivergence, ledgerDivergence } from './differential.js';
import type { Divergence } from './divergence.js';
import { A, B, call, canister, digestText, execution, LEDGER, message, record } from './testing/records.js';
import { World } from './world.js';
import { present } from '../../spec/testing/present.js';

const comparison = {
  world: new World(),
  profile: present(profileNamed('conformance')),
  before: () => undefined,
  digests: { expected: () => undefined, actual: () => undefined },
};
const compared = (expected: TransitionRecord, actual: TransitionRecord): Divergence | undefined =>
  firstDivergence({ step: 0, index: 0, expected, actual }, comparison);

/** What is found where one side has something else in it. */
const eitherWay = (base: TransitionRecord, other: TransitionRecord) => [
  compared(base, other)?.kind,
  compared(other, base)?.kind,
];

describe('the comparison of two records', () => {
  const sent = {
    message: message(4),
    callee: B,
    method: 'm',
    arg: hex('01'),
    cycles: cycles(5n),
    deadline: nanoseconds(9n),
  };
  const read = call('msg_arg_data_copy', [0n, 0n, 1n], { wrote: hex('07') });
  const made = execution({
    callContext: 1 as CallContextId,
    trace: [read, call('call_perform', [], { result: 0n })],
    response: { kind: 'reply', data: hex('0a') },
    calls: [sent],
  });
  const base = record({
    executions: [made],
    messages: [{ kind: 'call', id: message(4), caller: A, callee: B, method: 'm' }],
    ended: [{ request: 0 as RequestId, response: { kind: 'reply', data: hex('') } }],
    after: [canister()],
  });

  it('finds nothing where everything is equal, though nothing is shared', () => {
    expect(compared(base, structuredClone(base))).toBeUndefined();
    expect(ledgerDivergence(LEDGER, { ...LEDGER }, base)).toBeUndefined();
  });

  const executions: { [field in keyof Required<ExecutionRecord>]: [ExecutionRecord[field], Divergence['kind']] } = {
    canister: [B, 'execution'],
    entryPoint: ['canister_query replicated', 'execution'],
    width: ['i64', 'execution'],
    method: ['n', 'execution'],
    callContext: [2 as CallContextId, 'execution'],
    trace: [[read], 'systemCallOrder'],
    outcome: [{ kind: 'trapped', trap: 'unreachable' }, 'outcome'],
    instructions: [11n, 'instructions'],
    response: [{ kind: 'reply', data: hex('0b') }, 'response'],
    calls: [[{ ...sent, deadline: nanoseconds(8n) }], 'calls'],
    accepted: [cycles(1n), 'accepted'],
    burned: [cycles(1n), 'burned'],
  };
  it.each(Object.entries(executions))('finds a difference of %s of an execution', (field, [value, kind]) => {
    const other = { ...base, executions: [{ ...made, [field]: value }] };
    expect(eitherWay(base, other)).toEqual([kind, kind]);
  });

  const calls: { [field in keyof Required<SystemCallRecord>]: [SystemCallRecord[field], Divergence['kind']] } = {
    name: ['msg_caller_copy', 'systemCallOrder'],
    args: [[0n, 0n, 2n], 'systemCallOrder'],
    result: [1n, 'systemCallResult'],
    trap: ['system-call', 'systemCallTrap'],
    wrote: [hex('08'), 'systemCallResult'],
  };
  it.each(Object.entries(calls))('finds a difference of %s of a system call', (field, [value, kind]) => {
    const [, last] = made.trace;
    const other = { ...base, executions: [{ ...made, trace: [{ ...read, [field]: value }, present(last)] }] };
    expect(eitherWay(base, other)).toEqual([kind, kind]);
  });

  it('finds an execution, a system call, an argument or a message too many', () => {
    expect(eitherWay(base, { ...base, executions: [made, made] })).toEqual(['execution', 'execution']);
    const more = { ...base, executions: [{ ...made, trace: [...made.trace, read] }] };
    expect(eitherWay(base, more)).toEqual(['systemCallOrder', 'systemCallOrder']);
    const longer = {
      ...base,
      executions: [{ ...made, trace: [{ ...read, args: [0n, 0n, 1n, 0n] }, present(made.trace[1])] }],
    };
    expect(eitherWay(base, longer)).toEqual(['systemCallOrder', 'systemCallOrder']);
    expect(eitherWay(base, { ...base, messages: [] })).toEqual(['messages', 'messages']);
    expect(eitherWay(base, { ...base, ended: [] })).toEqual(['ended', 'ended']);
  });

  it('finds another end of the stimulus', () => {
    const outcome = { expected: { kind: 'done' }, actual: { kind: 'refused', failure: 'frozen' } } as const;
    expect(firstDivergence({ step: 0, index: 0, expected: base, actual: base, outcome }, comparison)?.kind).toBe(
      'stimulusOutcome',
    );
  });

  const digests: { [field in keyof Omit<Required<CanisterDigest>, 'canister'>]: CanisterDigest[field] } = {
    status: 'stopped',
    version: 2n,
    balance: cycles(1n),
    reservedBalance: cycles(1n),
    moduleHash: hex('bb'),
    wasmPages: 2n,
    wasmMemory: digestText('9'),
    stablePages: 2n,
    stableMemory: digestText('9'),
    globals: [8n],
    tables: [[-1, 4]],
    droppedSegments: [[], [0]],
    certifiedData: hex('02'),
    globalTimer: nanoseconds(1n),
    log: [hex('00')],
    lowMemoryHook: 'ready',
    openCallContexts: 1,
  };
  it.each(Object.entries(digests))('finds a difference of %s of a canister', (field, value) => {
    expect(eitherWay(base, { ...base, after: [canister({ [field]: value })] })).toEqual([field, field]);
  });

  it('finds that a canister is there on one side only', () => {
    expect(eitherWay(base, { ...base, after: [] })).toEqual(['status', 'status']);
  });

  it.each(Object.keys(LEDGER) as (keyof typeof LEDGER)[])('finds a difference of %s in the ledgers', (place) => {
    expect(ledgerDivergence(LEDGER, { ...LEDGER, [place]: 7n }, base)?.kind).toBe('ledger');
  });

  it('does not compare what explains a trap to people', () => {
    const trapped = (detail: string) =>
      record({ executions: [execution({ outcome: { kind: 'trapped', trap: 'unreachable', detail } })] });
    expect(compared(trapped('a'), trapped('b'))).toBeUndefined();
  });
});

describe('the clause of a difference', () => {
  const clauseOf = (
    expected: TransitionRecord,
    actual: TransitionRecord,
    before?: CanisterDigest,
  ): string | undefined => {
    const world = new World();
    if (before !== undefined) world.apply(record({ after: [before] }), undefined);
    const digests = (of: TransitionRecord) => () => of.after[0];
    const found = firstDivergence({ step: 0, index: 0, expected, actual }, {
      ...comparison, world, digests: { expected: digests(expected), actual: digests(actual) },
    }); // prettier-ignore
    return found && attribute(found);
  };
  const ran = (trace: SystemCallRecord[], after: Partial<CanisterDigest> = {}, more: Partial<ExecutionRecord> = {}) =>
    record({
      cause: { kind: 'execute', message: message(1) },
      executions: [execution({ trace, ...more })],
      after: [canister(after)],
    });

  it('is that of the write where a read of the stable memory differs and the stable memory is not the same', () => {
    const write = call('stable64_write', [0n, 0n, 1n]);
    const read = (wrote: string) => call('stable64_read', [0n, 0n, 1n], { wrote: hex(wrote) });
    const right = ran([write, read('01')], { stableMemory: digestText('1') });
    expect(clauseOf(right, ran([write, read('00')], { stableMemory: digestText('2') }))).toBe(
      'stable-memory/write-copies',
    );
    expect(clauseOf(right, ran([write, read('00')], { stableMemory: digestText('1') }))).toBe(
      'stable-memory/read-copies',
    );
  });

  it('is that of accepting where more is available than should be, and that of callbacks where less is', () => {
    const accept = call('msg_cycles_accept', [1n], { result: 1n });
    const told = (available: bigint) =>
      ran([accept, call('msg_cycles_available', [], { result: available })], {}, { entryPoint: 'reply callback' });
    expect(clauseOf(told(4n), told(5n))).toBe('cycles/available-after-accept');
    expect(clauseOf(told(4n), told(0n))).toBe('cycles/available-in-callback');
  });

  it('is that of the source where the destination ends with the memory and the call should trap', () => {
    const end = 65_536n;
    const pages = { wasmPages: 1n };
    const copy = (more: Partial<SystemCallRecord>) => ran([call('msg_arg_data_copy', [end - 1n, 9n, 1n], more)], pages);
    expect(clauseOf(copy({ trap: 'system-call' }), copy({ wrote: hex('00') }))).toBe('blobs/copy-source-bounds');
    expect(clauseOf(copy({ wrote: hex('00') }), copy({ trap: 'system-call' }))).toBe('blobs/copy-destination-bounds');
  });

  it('is that of the fee for calls where the execution made some', () => {
    const sent = { message: message(4), callee: B, method: 'm', arg: hex('01'), cycles: cycles(5n) };
    const paid = (balance: bigint, calls: ExecutionRecord['calls']) => ran([], { balance: cycles(balance) }, { calls });
    expect(clauseOf(paid(9n, [sent]), paid(8n, [sent]))).toBe('profile/call-fee');
    expect(clauseOf(paid(9n, []), paid(8n, []))).toBe('profile/message-fee');
  });

  it('is that of trimming where the log could not keep all records', () => {
    const before = canister({ log: [hex('01')] });
    const logged = (...log: string[]) => ran([call('debug_print', [0n, 1n])], { log: log.map(hex) });
    expect(clauseOf(logged('02'), logged('01'), before)).toBe('debugging-aids/print-trims');
    expect(clauseOf(logged('01', '02'), logged('01'), before)).toBe('debugging-aids/print-logs');
  });

  it('is that of failed upgrades where what they wrote is there afterwards', () => {
    const upgrade = execution({
      entryPoint: 'canister_pre_upgrade',
      outcome: { kind: 'trapped', trap: 'unreachable' },
    });
    const left = (tables: number[][]) => ran([], { tables });
    const found = firstDivergence(
      { step: 0, index: 0, expected: left([[-1]]), actual: left([[1]]) },
      { ...comparison, before: () => upgrade },
    );
    expect(found && attribute(found)).toBe('atomicity/upgrade');
  });
});
