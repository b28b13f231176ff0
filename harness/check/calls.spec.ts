// plumbing: tests that what became of calls is counted
import wabt from 'wabt';
import { cycles, hex, nanoseconds } from '../../spec/vocabulary/brands.js';
import { ANONYMOUS, canisterId, userId } from '../../spec/vocabulary/ids.js';
import type { Scenario, Step, Stimulus } from '../../spec/vocabulary/scenario.js';
import { executor } from '../../executor/index.js';
import { runCase } from '../runner/run-case.js';
import { countCalls } from './calls.js';
import { planCheck } from './plan.js';

const { parseWat } = await wabt();
/** Takes the empty init argument only; `m` replies to user 0, rejects user 1, traps otherwise; `silent` never answers. */
const module = parseWat(
  'judge.wat',
  `(module
    (import "ic0" "msg_arg_data_size" (func $argSize (result i32)))
    (import "ic0" "msg_caller_copy" (func $caller (param i32 i32 i32)))
    (import "ic0" "msg_caller_size" (func $callerSize (result i32)))
    (import "ic0" "msg_reply" (func $reply))
    (import "ic0" "msg_reject" (func $reject (param i32 i32)))
    (import "ic0" "trap" (func $trap (param i32 i32)))
    (memory 1)
    (data (i32.const 16) "no argument\\n please")
    (func (export "canister_init") (if (call $argSize) (then (call $trap (i32.const 16) (i32.const 19)))))
    (func (export "canister_update m")
      (if (i32.eq (call $callerSize) (i32.const 1)) (then unreachable))
      (call $caller (i32.const 0) (i32.const 0) (call $callerSize))
      (if (i32.and (i32.load8_u offset=8 (i32.const 0)) (i32.const 1))
        (then (call $reply))
        (else (call $reject (i32.const 0) (i32.const 0)))))
    (func (export "canister_query silent"))
    (func (export "canister_query \\01never") (call $reply)))`,
);
const bytes = new Uint8Array(module.toBinary({}).buffer);
const plan = planCheck({ modules: [{ file: 'judge.wasm', bytes }], dids: [], inits: [], wires: [] });

function counted(initArg: string, stimuli: readonly Stimulus[]) {
  const scenario: Scenario = {
    profile: 'check',
    modules: [{ kind: 'wasm', bytes, description: 'judge' }],
    setup: {
      time: nanoseconds(1n),
      canisters: [{ module: 0, initArg: hex(initArg), cycles: cycles(10n ** 14n), reservedCycles: cycles(0n), settings: {} }],
    },
    steps: stimuli.map((stimulus): Step => ({ stimulus })),
  }; // prettier-ignore
  const { observed = [] } = runCase(scenario, { target: executor, observe: true });
  return countCalls(plan, 7, observed)['judge'];
}

const call = (method: string, sender = userId(0), kind: 'ingress' | 'query' = 'ingress'): Stimulus => ({
  kind,
  canister: canisterId(0),
  method,
  arg: hex(''),
  sender,
});
const none = { calls: 0, replied: 0, rejected: 0, trapped: 0, refused: 0 };

describe('countCalls', () => {
  it('tells replies, rejects and traps apart, and calls that did not get through or got no answer', () => {
    const stop: Stimulus = { kind: 'stop', canister: canisterId(0), sender: userId(0) };
    const again: Stimulus = { kind: 'install', canister: canisterId(0), sender: userId(0), mode: 'install', module: 0, arg: hex('') }; // prettier-ignore
    const result = counted('', [
      call('m'),
      call('m', userId(1)),
      call('m', ANONYMOUS),
      call('m', userId(0), 'query'),
      call('silent', userId(0), 'query'),
      call('none'),
      again,
      stop,
      call('m'),
    ]);
    expect(result).toEqual({
      typed: false,
      installs: { install: { ...none, calls: 2, replied: 1, refused: 1 } },
      methods: {
        m: {
          calls: 5,
          replied: 1,
          rejected: 1,
          trapped: 1,
          refused: 2,
          trap: { firstCase: 7, text: 'canister_update trapped (unreachable)' },
        },
        silent: { ...none, calls: 1, refused: 1 },
        '\u0001never': none,
      },
    });
  });

  it('says why an installation trapped, in one line', () => {
    const result = counted('00', [call('m')]);
    const trap = { firstCase: 7, text: 'canister_init trapped: no argument please' };
    expect(result?.installs).toEqual({ install: { ...none, calls: 1, trapped: 1, trap } });
    expect(result?.methods['m']).toEqual({ ...none, calls: 1, refused: 1 });
  });
});
