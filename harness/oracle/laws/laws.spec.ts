// plumbing: tests of the laws, each with what it allows and what it does not
import { cycles, hex, nanoseconds } from '../../../spec/vocabulary/brands.js';
import type { EntryPoint } from '../../../spec/vocabulary/entry-point.js';
import type { ExecutionRecord, SystemCallRecord } from '../../../spec/vocabulary/record.js';
import type { CallContextId, RequestId } from '../../../spec/vocabulary/ids.js';
import { userId } from '../../../spec/vocabulary/ids.js';
import type { Stimulus } from '../../../spec/vocabulary/scenario.js';
import {
  A,
  B,
  call,
  canister,
  digestText,
  execution,
  judged,
  LEDGER,
  message,
  record,
  rulesOf,
  trapped,
} from '../testing/records.js';
import { amounts } from './amounts.js';
import { atomicity, FIELD_CLAUSES } from './atomicity.js';
import { availability } from './availability.js';
import { conservation } from './conservation.js';
import { monotonic } from './monotonic.js';
import { noTrace } from './no-trace.js';
import { ownState } from './own-state.js';
import { refunds } from './refunds.js';
import { responses } from './responses.js';
import { upgrades } from './upgrades.js';

const before = canister();
const changed = {
  wasmMemory: digestText('9'),
  wasmPages: 9n,
  globals: [9n],
  tables: [[9]],
  droppedSegments: [[9], []] as const,
  stableMemory: digestText('8'),
  stablePages: 9n,
  certifiedData: hex('99'),
  globalTimer: nanoseconds(9n),
};
const context = 3 as CallContextId;
const upgrade: Stimulus = { kind: 'install', mode: 'upgrade', canister: A, sender: userId(0), module: 0, arg: hex('') };
const query: Stimulus = { kind: 'query', canister: A, method: 'q', arg: hex(''), sender: userId(0) };
const ingress: Stimulus = { kind: 'ingress', canister: A, method: 'q', arg: hex(''), sender: userId(0) };
const replied = { kind: 'responded', response: { kind: 'reply', data: hex('') } } as const;

describe('atomicity', () => {
  it.each(Object.keys(changed) as (keyof typeof changed)[])('finds %s left behind by a trapped execution', (field) => {
    const after = canister({ [field]: changed[field] });
    const { violations } = judged(
      atomicity,
      [before],
      [{ record: record({ executions: [execution(trapped)], after: [after] }) }],
    );
    expect(violations.map(({ rule, kind }) => [rule, kind])).toEqual([[FIELD_CLAUSES[field], field]]);
  });

  it('allows a trapped execution to leave log records and a lower balance', () => {
    const after = canister({ balance: cycles(900n), log: [hex('00')] });
    const { violations, checks } = judged(
      atomicity,
      [before],
      [{ record: record({ executions: [execution(trapped)], after: [after] }) }],
    );
    expect(violations).toEqual([]);
    expect(checks).toContain('atomicity/wasm-memory');
  });

  it('allows a cleanup that returned to write what it has the means to write', () => {
    const cleanup = execution({
      entryPoint: 'cleanup callback after reply',
      trace: [call('stable64_write', [0n, 0n, 1n])],
    });
    const after = canister({ stableMemory: digestText('8'), wasmMemory: digestText('9') });
    const executions = [execution({ entryPoint: 'reply callback', ...trapped }), cleanup];
    expect(judged(atomicity, [before], [{ record: record({ executions, after: [after] }) }]).violations).toEqual([]);
  });

  it('finds certified data that a trapped callback left though its cleanup returned', () => {
    const executions = [
      execution({ entryPoint: 'reply callback', ...trapped }),
      execution({ entryPoint: 'cleanup callback after reply' }),
    ];
    const told = { record: record({ executions, after: [canister({ certifiedData: hex('99') })] }) };
    expect(rulesOf(judged(atomicity, [before], [told]))).toEqual(['atomicity/certified-data certifiedData']);
  });

  it('wants the timer off after a timer execution that trapped', () => {
    const timer = canister({ globalTimer: nanoseconds(5n) });
    const cause = { kind: 'global-timer', canister: A } as const;
    const executions = [execution({ entryPoint: 'canister_global_timer', ...trapped })];
    const off = { record: record({ cause, executions, after: [canister()] }) };
    expect(judged(atomicity, [timer], [off]).violations).toEqual([]);
    const on = { record: record({ cause, executions, after: [timer] }) };
    expect(rulesOf(judged(atomicity, [timer], [on]))).toEqual(['atomicity/timer-stays-off globalTimer']);
  });

  it('takes an upgrade as one unit: what pre_upgrade wrote is gone when post_upgrade traps', () => {
    const executions = [
      execution({ entryPoint: 'canister_pre_upgrade', trace: [call('stable64_write', [0n, 0n, 1n])] }),
      execution({ entryPoint: 'canister_post_upgrade', ...trapped }),
    ];
    const told = {
      record: record({ cause: upgrade, executions, after: [canister({ stableMemory: digestText('8') })] }),
    };
    expect(rulesOf(judged(atomicity, [before], [told]))).toEqual(['atomicity/upgrade stableMemory']);
  });

  it('finds calls, responses and cycles of a trapped execution', () => {
    const left = execution({
      ...trapped,
      accepted: cycles(1n),
      burned: cycles(1n),
      response: { kind: 'reply', data: hex('') },
      calls: [{ message: message(5), callee: B, method: 'm', arg: hex(''), cycles: cycles(0n) }],
    });
    const rules = rulesOf(judged(atomicity, [before], [{ record: record({ executions: [left], after: [before] }) }]));
    expect(rules).toEqual([
      'atomicity/response response',
      'atomicity/calls calls',
      'atomicity/cycles accepted',
      'atomicity/cycles burned',
    ]);
  });

  it('finds a call message that no execution that returned has made', () => {
    const sent = { kind: 'call', id: message(5), caller: A, callee: B, method: 'm' } as const;
    const told = { record: record({ executions: [execution(trapped)], messages: [sent], after: [before] }) };
    expect(rulesOf(judged(atomicity, [before], [told]))).toEqual(['atomicity/calls messages']);
  });
});

describe('availability', () => {
  const said = (
    entryPoint: 'canister_update' | 'canister_query',
    trap?: 'system-call-unavailable' | 'instruction-limit',
  ) => {
    const trace = [call('call_perform', [], trap === undefined ? { result: 0n } : { trap })];
    return judged(availability, [before], [{ record: record({ executions: [execution({ entryPoint, trace })] }) }]);
  };

  it('accepts a listed function that works and an unlisted one that traps', () => {
    expect(said('canister_update').violations).toEqual([]);
    expect(said('canister_query', 'system-call-unavailable').violations).toEqual([]);
  });

  it('finds a listed function that traps as unavailable, and an unlisted one that works', () => {
    expect(rulesOf(said('canister_update', 'system-call-unavailable'))).toEqual([
      'availability/call_perform availability',
    ]);
    expect(rulesOf(said('canister_query'))).toEqual(['availability/call_perform availability']);
  });

  it('learns nothing from a call that its own charge ended', () => {
    expect([...said('canister_query', 'instruction-limit').checks]).toEqual([]);
  });

  it('finds a 32-bit function that works in a wasm64 canister', () => {
    const told = {
      record: record({ executions: [execution({ width: 'i64', trace: [call('stable_size', [], { result: 0n })] })] }),
    };
    expect(rulesOf(judged(availability, [before], [told]))).toEqual(['availability/stable_size availability']);
  });
});

describe('conservation', () => {
  const after = [canister({ balance: cycles(900n) })];

  it('accepts a charge', () => {
    const ledger = { ...LEDGER, balances: 900n, charged: 100n };
    expect(judged(conservation, [before], [{ record: record({ after }), ledger }]).violations).toEqual([]);
  });

  it('finds cycles that came from nowhere, or went there', () => {
    const ledger = { ...LEDGER, balances: 900n, charged: 99n };
    expect(rulesOf(judged(conservation, [before], [{ record: record({ after }), ledger }]))).toEqual([
      'cycles/conserved ledger',
    ]);
  });

  it('finds a balance that the ledger does not count', () => {
    const told = { record: record({ after: [canister({ balance: cycles(1001n) })] }) };
    expect(rulesOf(judged(conservation, [before], [told]))).toEqual(['cycles/conserved balance']);
  });

  it('finds cycles that a trapped execution burned', () => {
    const ledger = { ...LEDGER, balances: 900n, burned: 100n };
    const told = { record: record({ executions: [execution(trapped)], after }), ledger };
    expect(rulesOf(judged(conservation, [before], [told]))).toEqual(['atomicity/cycles burned']);
  });

  it('counts a deposit as put in, and nothing else', () => {
    const deposit: Stimulus = { kind: 'deposit', canister: A, sender: userId(0), cycles: cycles(5n) };
    const ledger = { ...LEDGER, putIn: 1005n, balances: 1005n };
    const told = { record: record({ cause: deposit, after: [canister({ balance: cycles(1005n) })] }), ledger };
    expect(judged(conservation, [before], [{ ...told, outcome: { kind: 'done' } }]).violations).toEqual([]);
    const rejected = { kind: 'responded', response: { kind: 'reject', code: 3, message: '' } } as const;
    expect(rulesOf(judged(conservation, [before], [{ ...told, outcome: rejected }]))).toEqual([
      'cycles/conserved ledger',
    ]);
  });
});

describe('refunds', () => {
  const made = execution({
    calls: [{ message: message(7), callee: B, method: 'm', arg: hex(''), cycles: cycles(100n) }],
  });
  const answer = (refunded: bigint, code?: number) =>
    record({
      cause: { kind: 'execute', message: message(7) },
      executions: [execution({ canister: B, callContext: context, accepted: cycles(30n) })],
      messages: [
        {
          kind: 'response',
          id: message(8),
          to: message(7),
          response: code === undefined ? { kind: 'reply', data: hex('') } : { kind: 'reject', code, message: '' },
          refunded: cycles(refunded),
        },
      ],
    });

  it('wants what was attached and not accepted back', () => {
    expect(
      judged(refunds, [], [{ record: record({ executions: [made] }) }, { record: answer(70n) }]).violations,
    ).toEqual([]);
    const wrong = judged(refunds, [], [{ record: record({ executions: [made] }) }, { record: answer(100n) }]);
    expect(rulesOf(wrong)).toEqual(['cycles/accepted-plus-refunded refunded']);
  });

  it('says nothing of SYS_UNKNOWN', () => {
    const unknown = judged(refunds, [], [{ record: record({ executions: [made] }) }, { record: answer(0n, 6) }]);
    expect(unknown.violations).toEqual([]);
  });
});

describe('amounts', () => {
  const said = (more: Parameters<typeof execution>[0]) =>
    rulesOf(judged(amounts, [], [{ record: record({ executions: [execution(more)] }) }]));

  it('finds more accepted, or burned, than asked', () => {
    const accept = call('msg_cycles_accept128', [0n, 10n, 0n]);
    expect(said({ trace: [accept], accepted: cycles(10n) })).toEqual([]);
    expect(said({ trace: [accept], accepted: cycles(11n) })).toEqual(['cycles/accept-at-most-asked accepted']);
    const burn = call('cycles_burn128', [1n, 0n, 0n]);
    expect(said({ trace: [burn], burned: cycles(1n << 64n) })).toEqual([]);
    expect(said({ burned: cycles(1n) })).toEqual(['cycles/burn-at-most-asked burned']);
  });

  it('finds a call that does not carry what was added to it', () => {
    const trace = [
      call('call_new'),
      call('call_cycles_add', [99n]),
      call('call_new'),
      call('call_cycles_add', [1n]),
      call('call_cycles_add128', [0n, 2n]),
      call('call_perform', [], { result: 0n }),
    ];
    const sent = (amount: bigint) => [
      { message: message(1), callee: B, method: 'm', arg: hex(''), cycles: cycles(amount) },
    ];
    expect(said({ trace, calls: sent(3n) })).toEqual([]);
    expect(said({ trace, calls: sent(102n) })).toEqual(['cycles/add-moves calls']);
  });
});

describe('responses', () => {
  const response = (to: number, id: number) =>
    ({
      kind: 'response',
      id: message(id),
      to: message(to),
      response: { kind: 'reply', data: hex('') },
      refunded: cycles(0n),
    }) as const;

  it('finds a second response to a call', () => {
    const told = [
      { record: record({ messages: [response(1, 2)] }) },
      { record: record({ messages: [response(1, 3)] }) },
    ];
    expect(rulesOf(judged(responses, [], told))).toEqual(['responding/at-most-one-response response']);
  });

  it('allows a response that expires to be replaced', () => {
    const expiry = { kind: 'expire-message', message: message(2) } as const;
    const told = [
      { record: record({ messages: [response(1, 2)] }) },
      { record: record({ cause: expiry, messages: [response(1, 3)] }) },
    ];
    expect(judged(responses, [], told).violations).toEqual([]);
  });

  it('finds two executions of a call context that responded', () => {
    const one = execution({ callContext: context, response: { kind: 'reply', data: hex('') } });
    const told = [{ record: record({ executions: [one] }) }, { record: record({ executions: [one] }) }];
    expect(rulesOf(judged(responses, [], told))).toEqual(['responding/at-most-one-response response']);
  });

  it('finds a request without an answer when nothing is under way, and not while messages are held', () => {
    const told = [
      { record: record({ cause: ingress }), outcome: { kind: 'accepted', request: 0 as RequestId } as const },
    ];
    const paying = { ...before, balance: cycles(10n ** 15n) };
    expect(rulesOf(judged(responses, [paying], told, 'quiescent'))).toEqual(['call-contexts/one-response response']);
    expect(judged(responses, [paying], told, 'held').violations).toEqual([]);
    // Reading 35: a call to a canister that cannot pay for a message may wait.
    expect(judged(responses, [{ ...paying, balance: cycles(1n) }], told, 'quiescent').violations).toEqual([]);
  });

  it('finds a cleanup after a callback that returned', () => {
    const executions = [
      execution({ entryPoint: 'reply callback' }),
      execution({ entryPoint: 'cleanup callback after reply' }),
    ];
    const told = { record: record({ cause: { kind: 'deliver', message: message(1) }, executions }) };
    expect(rulesOf(judged(responses, [], [told]))).toEqual(['calls/cleanup-not-after-success callback']);
  });
});

describe('monotonic', () => {
  const saw = (name: string, ...results: bigint[]) =>
    execution({
      callContext: context,
      trace: results.map((result) => call(name, name === 'performance_counter' ? [1n] : [], { result })),
    });
  const told = (...executions: ReturnType<typeof execution>[]) =>
    rulesOf(judged(monotonic, [before], executions.map((one) => ({ record: record({ executions: [one] }) })))); // prettier-ignore

  it('finds time that goes back, or changes within an execution', () => {
    expect(told(saw('time', 5n), saw('time', 5n), saw('time', 6n))).toEqual([]);
    expect(told(saw('time', 5n), saw('time', 4n))).toEqual(['time/monotonic systemCallResult']);
    expect(told(saw('time', 5n, 6n))).toEqual(['time/constant-within-execution systemCallResult']);
  });

  it('finds a version that goes down', () => {
    expect(told(saw('canister_version', 5n), saw('canister_version', 4n))).toEqual([
      'canister-version/never-decreases systemCallResult',
    ]);
    const lower = [{ record: record({ after: [canister({ version: 0n })] }) }];
    expect(rulesOf(judged(monotonic, [before], lower))).toEqual(['canister-version/never-decreases version']);
  });

  it('finds a counter of a call context that goes down', () => {
    expect(told(saw('performance_counter', 5n), saw('performance_counter', 4n))).toEqual([
      'performance-counter/monotonic systemCallResult',
    ]);
  });

  it('expects nothing of non-replicated executions: another node may be behind', () => {
    expect(told(saw('time', 5n), { ...saw('time', 4n), entryPoint: 'canister_query' })).toEqual([]);
  });
});

describe('no trace', () => {
  it('finds any change that a query leaves', () => {
    for (const change of [{ version: 2n }, { log: [hex('00')] }, { wasmMemory: digestText('9') }]) {
      const told = [{ record: record({ cause: query, after: [canister(change)] }), outcome: replied }];
      expect(rulesOf(judged(noTrace, [before], told))).toEqual([
        `query-calls/leaves-no-trace ${Object.keys(change)[0]}`,
      ]);
    }
  });

  it('finds cycles that a query cost', () => {
    const told = [{ record: record({ cause: query, after: [canister({ balance: cycles(1n) })] }), outcome: replied }];
    expect(rulesOf(judged(noTrace, [before], told))).toEqual(['query-calls/no-cycles balance']);
  });

  it('allows an ingress message to cost its fee, and no more', () => {
    const fee = [{ record: record({ cause: ingress, after: [canister({ balance: cycles(1n) })] }) }];
    expect(judged(noTrace, [before], fee).violations).toEqual([]);
    const more = [{ record: record({ cause: ingress, after: [canister({ globals: [8n] })] }) }];
    expect(rulesOf(judged(noTrace, [before], more))).toEqual(['inspect-message/changes-nothing globals']);
  });
});

describe('upgrades', () => {
  it('wants the stable memory as it was where no code wrote to it', () => {
    const lost = [
      { record: record({ cause: upgrade, after: [canister({ stableMemory: digestText('0') })] }), outcome: replied },
    ];
    expect(rulesOf(judged(upgrades, [before], lost))).toEqual(['upgrades/stable-memory-kept stableMemory']);
    const executions = [
      execution({ entryPoint: 'canister_post_upgrade', trace: [call('stable64_write', [0n, 0n, 1n])] }),
    ];
    const written = [
      {
        record: record({ cause: upgrade, executions, after: [canister({ stableMemory: digestText('0') })] }),
        outcome: replied,
      },
    ];
    expect(judged(upgrades, [before], written).violations).toEqual([]);
  });

  it('finds a stable memory that shrank', () => {
    const shrunk = [{ record: record({ cause: upgrade, after: [canister({ stablePages: 0n })] }), outcome: replied }];
    expect(rulesOf(judged(upgrades, [before], shrunk))).toEqual(['upgrades/stable-memory-kept stablePages']);
  });
});

describe('own state', () => {
  it('finds a change in a canister that did not run', () => {
    const other = canister({ canister: B });
    const executions = [execution()];
    const after = [canister({ globals: [8n] }), canister({ canister: B, globals: [8n] })];
    expect(rulesOf(judged(ownState, [before, other], [{ record: record({ executions, after }) }]))).toEqual([
      'canister-concepts/own-storage globals',
    ]);
  });
});

describe('what no law holds against a canister', () => {
  const { moduleHash, ...emptied } = canister({ balance: cycles(0n), wasmPages: 0n, globals: [], tables: [] });
  const version = (entryPoint: EntryPoint, result: bigint, more: Partial<ExecutionRecord> = {}) =>
    execution({ entryPoint, trace: [call('canister_version', [], { result })], ...more });
  const failed = { kind: 'responded', response: { kind: 'reject', code: 5, message: '' } } as const;

  it('an ingress message whose fee takes the last cycles: the canister is uninstalled, inspected or not', () => {
    const executions = [execution({ entryPoint: 'canister_inspect_message' })];
    const told = { record: record({ cause: ingress, executions, after: [emptied] }) };
    expect(judged(noTrace, [before], [told]).violations).toEqual([]);
  });

  it('an upgrade that trapped and whose charge took the last cycles: the canister is uninstalled', () => {
    const executions = [execution({ entryPoint: 'canister_post_upgrade', ...trapped })];
    const told = { record: record({ cause: upgrade, executions, after: [emptied] }), outcome: failed };
    expect(judged(atomicity, [before], [told]).violations).toEqual([]);
  });

  it('but a canister that lost its code with cycles left was not uninstalled for lack of them', () => {
    const executions = [execution({ entryPoint: 'canister_post_upgrade', ...trapped })];
    const after = [{ ...emptied, balance: cycles(1n) }];
    const told = { record: record({ cause: upgrade, executions, after }), outcome: failed };
    const found = judged(atomicity, [before], [told]).violations.find(({ kind }) => kind === 'moduleHash');
    expect(found).toMatchObject({ rule: 'atomicity/upgrade', tier: 'spec' });
    expect(found?.expected).toContain(moduleHash);
  });

  it('a version seen by an installation that failed; one that succeeded counts', () => {
    const seen = [version('canister_post_upgrade', 2n), execution({ entryPoint: 'canister_post_upgrade', ...trapped })];
    const later = { record: record({ executions: [version('canister_update', 1n)] }) };
    const install = record({ cause: upgrade, executions: seen });
    expect(judged(monotonic, [before], [{ record: install, outcome: failed }, later]).violations).toEqual([]);
    const violations = rulesOf(judged(monotonic, [before], [{ record: install, outcome: replied }, later]));
    expect(violations).toEqual(['canister-version/never-decreases systemCallResult']);
  });

  it('spec tier where the text is open: msg_deadline may trap in a query, but must in a heartbeat', () => {
    const tierOf = (entryPoint: EntryPoint, of: Partial<SystemCallRecord>) => {
      const executions = [execution({ entryPoint, trace: [call('msg_deadline', [], of)] })];
      return judged(availability, [before], [{ record: record({ executions }) }]).violations.map(({ tier }) => tier);
    };
    expect(tierOf('canister_query', { trap: 'system-call-unavailable' })).toEqual(['profile']);
    expect(tierOf('canister_heartbeat', { result: 0n })).toEqual(['spec']);
  });
});
