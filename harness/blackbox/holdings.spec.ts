// plumbing: tests of when ambiguities about tables, passive segments and low-memory hooks come up in a run
import { constant, systemCall } from '../../generators/canister/expressions.js';
import { compileModules, generateCase } from '../../generators/index.js';
import { canisterId, type MessageId } from '../../spec/vocabulary/ids.js';
import type { Program, Statement } from '../../spec/vocabulary/program.js';
import type { CanisterDigest, ExecutionRecord, TransitionRecord } from '../../spec/vocabulary/record.js';
import type { Choice, Scenario } from '../../spec/vocabulary/scenario.js';
import type { Situation } from './ambiguities.js';
import { Holdings } from './holdings.js';

const [MINE, OTHER] = [canisterId(0), canisterId(1)];
const TABLES: Situation = 'atomicity/tables-and-segments';
const HOOK_SCHEDULED: Situation = 'on-low-wasm-memory/edge-or-level';
const BEFORE_HOOK: Situation = 'on-low-wasm-memory/callbacks-before';
const SET: Statement = { kind: 'table.set', index: constant(0), function: null };

/** A scenario of one module: with a table, these exports, and this code in each of them. */
function scenarioWith(exports: Readonly<Record<string, readonly Statement[]>>): Scenario {
  const { scenario } = generateCase('holdings', 0);
  const program: Program = {
    format: 'program@1',
    width: 'i32',
    globals: [],
    table: { size: 1, entries: [null] },
    functions: Object.entries(exports).map(([name, body]) => ({ name, type: 'entry', locals: [], body })),
    exports: Object.keys(exports).map((name) => ({ name, function: name })),
    data: [],
    elements: [],
    customSections: [],
    oddities: [],
  };
  return { ...scenario, modules: [{ kind: 'program', program }] };
}

type Digest = Pick<CanisterDigest, 'tables' | 'lowMemoryHook' | 'globalTimer'>;

const FRESH: Digest = { tables: [[1]], lowMemoryHook: 'condition-not-satisfied', globalTimer: 0n as never };

function record(cause: object, digest: Partial<Digest> = {}, executions: readonly object[] = []): TransitionRecord {
  const after = { canister: MINE, moduleHash: 'aa', droppedSegments: [[], []], ...FRESH, ...digest };
  return {
    cause,
    executions: executions as readonly ExecutionRecord[],
    messages: [],
    ended: [],
    after: [after],
  } as unknown as TransitionRecord;
}

const INSTALL = { kind: 'install', canister: MINE, module: 0 };
const EXECUTE = { kind: 'execute', message: 7 as MessageId };
const RAN = { canister: MINE };

/** Holdings of a canister in which the module is installed, and the ambiguities that have come up. */
function installed(
  exports: Readonly<Record<string, readonly Statement[]>>,
  digest?: Partial<Digest>,
  ran: readonly object[] = [],
) {
  const scenario = scenarioWith(exports);
  const found: Situation[] = [];
  const holdings = new Holdings({ scenario, modules: compileModules(scenario) }, (because) => found.push(because));
  holdings.afterTransition(record(INSTALL, digest, ran));
  return { holdings, found };
}

describe('tables and dropped segments', () => {
  const writes = { 'canister_update write': [SET] };

  it('are no question as long as nothing has changed them', () => {
    const { holdings, found } = installed(writes);
    holdings.afterTransition(record(EXECUTE));
    expect(found).toEqual([]);
  });

  it('are one when an execution has left them changed (44), and again when the next one has', () => {
    const { holdings, found } = installed(writes);
    holdings.afterTransition(record(EXECUTE, { tables: [[2]] }));
    holdings.afterTransition(record(EXECUTE, { tables: [[2]] }));
    holdings.afterTransition(record(EXECUTE, { tables: [[1]] }));
    expect(found).toEqual([TABLES, TABLES]);
  });

  it('are one from the beginning where the installation runs code that writes them, and only then', () => {
    const init = { ...writes, canister_init: [SET] };
    expect(installed(init, {}, [RAN]).found).toEqual([TABLES]);
    expect(installed({ ...writes, canister_init: [] }, {}, [RAN]).found).toEqual([]);
    const through = { ...writes, canister_init: [{ kind: 'call', function: 'canister_update write' } as const] };
    expect(installed(through, {}, [RAN]).found).toEqual([TABLES]);
  });

  it('are one within a query of several executions, of which none is kept', () => {
    const { holdings, found } = installed(writes);
    holdings.afterTransition(record({ kind: 'query' }, {}, [RAN]));
    expect(found).toEqual([]);
    holdings.afterTransition(record({ kind: 'query' }, {}, [RAN, RAN]));
    expect(found).toEqual([TABLES]);
  });

  it('are gone with the code', () => {
    const { holdings, found } = installed(writes);
    const { after, ...rest } = record({ kind: 'uninstall' }, { tables: [] });
    holdings.afterTransition({ ...rest, after: after.map(({ moduleHash: _, ...digest }) => digest) });
    expect(found).toEqual([]);
  });

  it('are no question of a module that writes none', () => {
    const { holdings, found } = installed({ 'canister_update call': [systemCall('msg_reply')] });
    holdings.afterTransition(record(EXECUTE, { tables: [[2]] }));
    expect(found).toEqual([]);
  });
});

describe('a low-memory hook', () => {
  const hooked = { canister_on_low_wasm_memory: [] };
  const low = { lowMemoryHook: 'ready' } as const;

  it('is no question when an execution has filled the memory', () => {
    const { holdings, found } = installed(hooked);
    holdings.afterTransition(record(EXECUTE, low));
    holdings.afterTransition(record({ kind: 'low-wasm-memory', canister: MINE }, { lowMemoryHook: 'executed' }));
    expect(found).toEqual([]);
  });

  it.each(['update-settings', 'install', 'uninstall'])('is one where the memory becomes low by %s (9)', (kind) => {
    const { holdings, found } = installed(hooked);
    holdings.afterTransition(record({ ...INSTALL, kind }, low));
    expect(found).toEqual([HOOK_SCHEDULED]);
  });

  it('is one where a setting ends that the memory is low', () => {
    const { holdings, found } = installed(hooked);
    holdings.afterTransition(record(EXECUTE, { lowMemoryHook: 'executed' }));
    holdings.afterTransition(record({ kind: 'update-settings' }));
    holdings.afterTransition(record({ kind: 'update-settings' }));
    expect(found).toEqual([HOOK_SCHEDULED]);
  });

  it('is none where no module has one', () => {
    const { holdings, found } = installed({ 'canister_update call': [] });
    holdings.afterTransition(record({ kind: 'update-settings' }, low));
    expect(found).toEqual([]);
  });

  const due: Choice = { kind: 'low-wasm-memory', canister: MINE };
  const waiting: Choice = { kind: 'reject', message: 7 as MessageId, code: 2 };
  const call = (callee: typeof MINE) =>
    ({ kind: 'call', id: 7 as MessageId, caller: OTHER, callee, method: 'm' }) as const;

  it.each([
    ['a message to its canister', MINE, [BEFORE_HOOK]],
    ['none of another one', OTHER, []],
  ])('that is to run waits for %s, or goes first (10)', (_, callee, expected) => {
    const { holdings, found } = installed(hooked);
    holdings.afterTransition({ ...record(EXECUTE, low), messages: [call(callee)] });
    holdings.beforeChoice([waiting, due]);
    expect(found).toEqual(expected);
    holdings.beforeChoice([waiting]);
    expect(found).toEqual(expected);
  });

  it('that is to run waits for a response to its canister, or goes first', () => {
    const { holdings, found } = installed(hooked);
    const answer = {
      kind: 'response',
      id: 9 as MessageId,
      to: 8 as MessageId,
      response: { kind: 'reply', data: '' },
      refunded: 0n,
    } as const;
    const asked = { ...call(OTHER), id: 8 as MessageId, caller: MINE };
    holdings.afterTransition({ ...record(EXECUTE, low), messages: [asked, answer] as never });
    holdings.beforeChoice([{ kind: 'deliver', message: 9 as MessageId }, due]);
    expect(found).toEqual([BEFORE_HOOK]);
  });

  it('that is to run goes before a timer that is set, or after it', () => {
    const { holdings, found } = installed(hooked);
    holdings.afterTransition(record(EXECUTE, { ...low, globalTimer: 5n as never }));
    holdings.beforeChoice([due]);
    expect(found).toEqual([BEFORE_HOOK]);
  });
});
