// plumbing: tests of when ambiguities about tables, passive segments and low-memory hooks come up in a run
import { constant, systemCall } from '../../generators/canister/expressions.js';
import { compileModules, generateCase } from '../../generators/index.js';
import { canisterId, type MessageId } from '../../spec/vocabulary/ids.js';
import type { Program, Statement } from '../../spec/vocabulary/program.js';
import type { CanisterDigest, ExecutionRecord, TransitionRecord } from '../../spec/vocabulary/record.js';
import type { Choice, Scenario } from '../../spec/vocabulary/scenario.js';
import { Holdings } from './holdings.js';

const [MINE, OTHER] = [canisterId(0), canisterId(1)];
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
  return { cause, executions: executions as readonly ExecutionRecord[], messages: [], ended: [], after: [after] } as unknown as TransitionRecord; // prettier-ignore
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
  const touched: number[] = [];
  const holdings = new Holdings({ scenario, modules: compileModules(scenario) }, (n) => touched.push(n));
  holdings.note(record(INSTALL, digest, ran));
  return { holdings, touched };
}

describe('tables and dropped segments', () => {
  const writes = { 'canister_update write': [SET] };

  it('are no question as long as nothing has changed them', () => {
    const { holdings, touched } = installed(writes);
    holdings.note(record(EXECUTE));
    expect(touched).toEqual([]);
  });

  it('are one when an execution has left them changed (44), and again when the next one has', () => {
    const { holdings, touched } = installed(writes);
    holdings.note(record(EXECUTE, { tables: [[2]] }));
    holdings.note(record(EXECUTE, { tables: [[2]] }));
    holdings.note(record(EXECUTE, { tables: [[1]] }));
    expect(touched).toEqual([44, 44]);
  });

  it('are one from the beginning where the installation runs code that writes them, and only then', () => {
    const init = { ...writes, canister_init: [SET] };
    expect(installed(init, {}, [RAN]).touched).toEqual([44]);
    expect(installed({ ...writes, canister_init: [] }, {}, [RAN]).touched).toEqual([]);
    const through = { ...writes, canister_init: [{ kind: 'call', function: 'canister_update write' } as const] };
    expect(installed(through, {}, [RAN]).touched).toEqual([44]);
  });

  it('are one within a query of several executions, of which none is kept', () => {
    const { holdings, touched } = installed(writes);
    holdings.note(record({ kind: 'query' }, {}, [RAN]));
    expect(touched).toEqual([]);
    holdings.note(record({ kind: 'query' }, {}, [RAN, RAN]));
    expect(touched).toEqual([44]);
  });

  it('are gone with the code', () => {
    const { holdings, touched } = installed(writes);
    const { after, ...rest } = record({ kind: 'uninstall' }, { tables: [] });
    holdings.note({ ...rest, after: after.map(({ moduleHash: _, ...digest }) => digest) });
    expect(touched).toEqual([]);
  });

  it('are no question of a module that writes none', () => {
    const { holdings, touched } = installed({ 'canister_update call': [systemCall('msg_reply')] });
    holdings.note(record(EXECUTE, { tables: [[2]] }));
    expect(touched).toEqual([]);
  });
});

describe('a low-memory hook', () => {
  const hooked = { canister_on_low_wasm_memory: [] };
  const low = { lowMemoryHook: 'ready' } as const;

  it('is no question when an execution has filled the memory', () => {
    const { holdings, touched } = installed(hooked);
    holdings.note(record(EXECUTE, low));
    holdings.note(record({ kind: 'low-wasm-memory', canister: MINE }, { lowMemoryHook: 'executed' }));
    expect(touched).toEqual([]);
  });

  it.each(['update-settings', 'install', 'uninstall'])('is one where the memory becomes low by %s (9)', (kind) => {
    const { holdings, touched } = installed(hooked);
    holdings.note(record({ ...INSTALL, kind }, low));
    expect(touched).toEqual([9]);
  });

  it('is one where a setting ends that the memory is low', () => {
    const { holdings, touched } = installed(hooked);
    holdings.note(record(EXECUTE, { lowMemoryHook: 'executed' }));
    holdings.note(record({ kind: 'update-settings' }));
    holdings.note(record({ kind: 'update-settings' }));
    expect(touched).toEqual([9]);
  });

  it('is none where no module has one', () => {
    const { holdings, touched } = installed({ 'canister_update call': [] });
    holdings.note(record({ kind: 'update-settings' }, low));
    expect(touched).toEqual([]);
  });

  const due: Choice = { kind: 'low-wasm-memory', canister: MINE };
  const waiting: Choice = { kind: 'reject', message: 7 as MessageId, code: 2 };
  const call = (callee: typeof MINE) =>
    ({ kind: 'call', id: 7 as MessageId, caller: OTHER, callee, method: 'm' }) as const;

  it.each([
    ['a message to its canister', MINE, [10]],
    ['none of another one', OTHER, []],
  ])('that is to run waits for %s, or goes first (10)', (_, callee, expected) => {
    const { holdings, touched } = installed(hooked);
    holdings.note({ ...record(EXECUTE, low), messages: [call(callee)] });
    holdings.notice([waiting, due]);
    expect(touched).toEqual(expected);
    holdings.notice([waiting]);
    expect(touched).toEqual(expected);
  });

  it('that is to run waits for a response to its canister, or goes first', () => {
    const { holdings, touched } = installed(hooked);
    const answer = { kind: 'response', id: (9 as MessageId), to: (8 as MessageId), response: { kind: 'reply', data: '' }, refunded: 0n } as const; // prettier-ignore
    const asked = { ...call(OTHER), id: 8 as MessageId, caller: MINE };
    holdings.note({ ...record(EXECUTE, low), messages: [asked, answer] as never });
    holdings.notice([{ kind: 'deliver', message: 9 as MessageId }, due]);
    expect(touched).toEqual([10]);
  });

  it('that is to run goes before a timer that is set, or after it', () => {
    const { holdings, touched } = installed(hooked);
    holdings.note(record(EXECUTE, { ...low, globalTimer: 5n as never }));
    holdings.notice([due]);
    expect(touched).toEqual([10]);
  });
});
