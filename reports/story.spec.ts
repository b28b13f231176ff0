// plumbing: tests of stories, on a hand-made run of a target that keeps memory after a trap
import { cycles, hex, nanoseconds } from '../spec/vocabulary/brands.js';
import type { Digest } from '../spec/vocabulary/digest.js';
import { canisterId, userId, type CallContextId, type MessageId, type RequestId } from '../spec/vocabulary/ids.js';
import type { CanisterDigest, ExecutionRecord, TransitionRecord } from '../spec/vocabulary/record.js';
import type { Scenario } from '../spec/vocabulary/scenario.js';
import type { Failure, ObservedTransition } from '../harness/types.js';
import { htmlText } from './html.js';
import { tellStory, type StoryInput } from './story.js';
import { storyText } from './story-text.js';
import { sampleFailure, sampleReport } from './testing/sample.js';
import { annotated, withTrapPlace } from './wat.js';
import { present } from '../spec/testing/present.js';

const A = canisterId(0);
const user = userId(0);
const CLEAN = '0000000000000000' as Digest;
const DIRTY = 'deadbeef00000001' as Digest;

const digest = (changed: Partial<CanisterDigest>): CanisterDigest => ({
  canister: A,
  status: 'running',
  version: 1n,
  balance: cycles(1_000_000n),
  reservedBalance: cycles(0n),
  moduleHash: hex('ab'.repeat(32)),
  wasmPages: 1n,
  wasmMemory: CLEAN,
  stablePages: 0n,
  stableMemory: CLEAN,
  globals: [1n, 2n],
  tables: [],
  droppedSegments: [[], []],
  certifiedData: hex(''),
  globalTimer: nanoseconds(0n),
  log: [],
  lowMemoryHook: 'condition-not-satisfied',
  openCallContexts: 0,
  ...changed,
});

const scenario: Scenario = {
  profile: 'conformance',
  setup: {
    time: nanoseconds(0n),
    canisters: [
      { module: 0, initArg: hex('c0'), cycles: cycles(1_000_000n), reservedCycles: cycles(0n), settings: {} },
    ],
  },
  steps: [
    { stimulus: { kind: 'ingress', canister: A, method: 'm0', arg: hex('01'), sender: user } },
    { stimulus: { kind: 'advance-time', by: nanoseconds(1n) } },
  ],
  modules: [{ kind: 'wasm', description: 'a module by hand', bytes: new Uint8Array() }],
};

const trapped: ExecutionRecord = {
  canister: A,
  entryPoint: 'canister_update',
  width: 'i32',
  method: 'm0',
  callContext: 0 as CallContextId,
  trace: [
    { name: 'msg_arg_data_size', args: [], result: 1n },
    { name: 'stable_write', args: [0n, 8n, 4n] },
  ],
  outcome: { kind: 'trapped', trap: 'unreachable' },
  instructions: 12_345n,
  calls: [],
  accepted: cycles(0n),
  burned: cycles(0n),
};

const [create, install, ingress] = [
  { kind: 'create', sender: user, cycles: cycles(1_000_000n), reservedCycles: cycles(0n), settings: {} },
  { kind: 'install', canister: A, sender: user, mode: 'install', module: 0, arg: hex('c0') },
  { kind: 'ingress', canister: A, method: 'm0', arg: hex('01'), sender: user },
] as const;

const quiet = { executions: [], messages: [], ended: [] };
const execute = (execution: ExecutionRecord, after: CanisterDigest): TransitionRecord => ({
  cause: { kind: 'execute', message: 0 as MessageId },
  executions: [execution],
  messages: [],
  ended: [{ request: 0 as RequestId, response: { kind: 'reject', code: 5, message: 'trapped' } }],
  after: [after],
});
const both = (step: number, record: TransitionRecord): ObservedTransition => ({
  step,
  expected: record,
  actual: record,
});

const paid = { balance: cycles(900_000n), log: [hex('00')] };
const observed: readonly ObservedTransition[] = [
  both(-1, { ...quiet, cause: create, after: [digest({ version: 0n, globals: [] })] }),
  both(-1, { ...quiet, cause: install, after: [digest({})] }),
  {
    ...both(0, { ...quiet, cause: ingress, after: [] }),
    outcome: { actual: { kind: 'accepted', request: 0 as RequestId } },
  },
  {
    step: 0,
    expected: execute(trapped, digest(paid)),
    actual: execute(trapped, digest({ ...paid, wasmMemory: DIRTY, globals: [1n, 3n] })),
  },
  both(1, { ...quiet, cause: { kind: 'advance-time', by: nanoseconds(1n) }, after: [] }),
];

const failure: Failure = {
  rule: 'atomicity/wasm-memory',
  tier: 'differential',
  kind: 'wasmMemory',
  step: 0,
  transition: 3,
  entryPoint: 'canister_update',
  expected: CLEAN,
  actual: DIRTY,
};

const wat = `(module
  (type (;0;) (func))
  (import "ic0" "msg_reply" (func (;0;) (type 0)))
  (func (;1;) (type 0)
    call 0
    unreachable)
  (func (;2;) (type 0)
    unreachable)
  (export "canister_update m0" (func 1)))
`;

const input: StoryInput = {
  scenario,
  failure,
  observed,
  modules: [{ program: 'the program', wat }],
  replay: 'npx ic0-conformance replay case.json',
};

describe('the story of a failure', () => {
  const story = tellStory(input);

  it('names the clause with its text and anchor, and both sides', () => {
    expect(story.violation?.clause.id).toBe('atomicity/wasm-memory');
    expect(story.violation?.clause.paraphrase).not.toBe('');
    expect(story.violation?.clause.anchor).toContain('.md#');
    expect([story.violation?.expected, story.violation?.actual]).toEqual([CLEAN, DIRTY]);
  });

  it('says where and what, and whether two engines differ or a law is broken', () => {
    expect(story.headline).toBe('In step 1, canister_update: the target and the model part (Wasm memory (digest)).');
    const broken = tellStory({ ...input, failure: { ...failure, tier: 'spec', kind: 'ledger' } });
    expect(broken.headline).toBe('In step 1, canister_update: what must hold does not (where cycles are).');
    expect(tellStory({ ...input, seenIn: 'model' }).headline).toContain('those of the model');
  });

  it('names the other side where that is a target, and never calls it the model', () => {
    const other = tellStory({ ...input, against: 'stdio:old' });
    expect(other.headline).toBe('In step 1, canister_update: the target and stdio:old part (Wasm memory (digest)).');
    const texts = [storyText(other, { wat: true }), htmlText({ ...sampleReport, failures: [{ ...sampleFailure, story: other }] })];
    for (const text of texts) {
      expect(text).toMatch(/stdio:old:/);
      expect(text).not.toMatch(/the model/i);
    }
    expect(tellStory({ ...input, against: 'stdio:old', seenIn: 'model' }).headline).toMatch(/Both are seen from outside/);
  }); // prettier-ignore

  it('ends with the failing transition and leaves out an uneventful setup', () => {
    expect(story.steps.map(({ index }) => index)).toEqual([0]);
    expect(story.steps[0]?.boundaries.map(({ transition, mark }) => [transition, mark])).toEqual([
      [2, false],
      [3, true],
    ]);
  });

  it('tells the setup when it is what fails', () => {
    const inSetup = tellStory({ ...input, failure: { ...failure, step: -1, transition: 1 } });
    expect(inSetup.steps.map(({ index }) => index)).toEqual([-1]);
    expect(inSetup.steps[0]?.boundaries).toHaveLength(1);
  });

  it('says what was committed at the boundary, and what the model committed instead', () => {
    const [, boundary] = present(story.steps[0]).boundaries;
    expect(boundary?.committed).toEqual([
      { canister: 'A', field: 'Wasm memory (digest)', before: CLEAN, after: DIRTY },
      { canister: 'A', field: 'globals', before: '[1] 2', after: '[1] 3' },
      { canister: 'A', field: 'canister log', before: '[0] absent', after: '[0] 0x00' },
      { canister: 'A', field: 'cycle balance', before: '1_000_000', after: '900_000' },
    ]);
    expect(boundary?.expected).toEqual([
      { canister: 'A', field: 'Wasm memory (digest)', before: CLEAN, after: CLEAN },
      { canister: 'A', field: 'globals', before: '[1] 2', after: '[1] 2' },
    ]);
  });

  it('says which execution trapped, on what and where, and what must be gone', () => {
    const [, boundary] = present(story.steps[0]).boundaries;
    expect(boundary?.executions[0]?.outcome).toBe('trapped: unreachable, after ic0.stable_write, 12_345 instructions');
    expect(boundary?.executions[0]?.title).toBe('canister_update "m0" of A (wasm32, context U)');
    expect(boundary?.rolledBack).toContain('canister_update of A trapped');
  });

  it('shows the stimulus with its outcome', () => {
    expect(story.steps[0]?.title).toBe('user 0 calls A."m0"(0x01) by ingress');
    expect(story.steps[0]?.boundaries[0]?.title).toBe('from outside → accepted as request 0');
  });

  it.each([
    [[], ''],
    [
      [
        { kind: 'execute', rank: 0 },
        { kind: 'deliver', rank: 1 },
      ] as const,
      '; picks execute 0, deliver 1',
    ],
  ])('says which choices a step picks, if any: %j', (picks, said) => {
    const [first, ...rest] = scenario.steps;
    const steps = [{ ...first, picks }, ...rest];
    const [told] = tellStory({ ...input, scenario: { ...scenario, steps } }).steps;
    expect(told?.title).toBe(`user 0 calls A."m0"(0x01) by ingress${said}`);
  });

  it('marks the trap in the text of the module, in the exported function that ran', () => {
    expect(story.modules[0]?.wat.split('\n').filter((line) => line.includes('<=='))).toEqual([
      '    unreachable)  ;; <== the trap',
    ]);
  });

  it('marks the system call in which the sides part, and says what the model did', () => {
    const model: ExecutionRecord = {
      ...trapped,
      trace: [{ name: 'msg_arg_data_size', args: [], result: 2n }, ...trapped.trace.slice(1)],
    };
    const told = tellStory({
      ...input,
      observed: [
        ...observed.slice(0, 3),
        { step: 0, actual: execute(trapped, digest({})), expected: execute(model, digest({})) },
      ],
    });
    const execution = told.steps[0]?.boundaries[1]?.executions[0];
    expect(execution?.calls.map(({ mark }) => mark)).toEqual([true, false]);
    expect(execution?.expected).toBe('the model: ic0.msg_arg_data_size() = 2');
  });

  it('shows an execution that only the model ran, and one that has another entry point', () => {
    const other: ExecutionRecord = { ...trapped, entryPoint: 'canister_query replicated' };
    const model = { ...execute(other, digest({})), executions: [other, trapped] };
    const told = tellStory({
      ...input,
      observed: [...observed.slice(0, 3), { step: 0, actual: execute(trapped, digest({})), expected: model }],
    });
    const executions = present(present(told.steps[0]).boundaries[1]).executions;
    expect(executions.map(({ outcome }) => outcome.split(',')[0])).toEqual(['trapped: unreachable', 'did not run']);
    expect(executions[0]?.expected).toBe('the model: canister_query replicated "m0" of A (wasm32, context RQ)');
  });

  it("does not take the engines' own words for a trap for a difference", () => {
    const worded = (detail: string): ExecutionRecord => ({
      ...trapped,
      outcome: { kind: 'trapped', trap: 'unreachable', detail },
    });
    const told = tellStory({
      ...input,
      observed: [
        ...observed.slice(0, 3),
        { step: 0, actual: execute(worded('a'), digest({})), expected: execute(worded('b'), digest({})) },
      ],
    });
    expect(present(present(told.steps[0]).boundaries[1]).executions[0]).not.toHaveProperty('expected');
  });

  it('keeps what a canister says as it traps on one line', () => {
    const detail = 'no header\n\nCaused by:\n\u001b[1m  end of file\n';
    const record: ExecutionRecord = { ...trapped, outcome: { kind: 'trapped', trap: 'explicit', detail } };
    const told = tellStory({
      ...input,
      observed: [...observed.slice(0, 3), { step: 0, actual: execute(record, digest({})) }],
    });
    const [execution] = present(present(told.steps[0]).boundaries[1]).executions;
    expect(execution?.outcome).toContain('trapped: explicit (no header Caused by: [1m end of file), ');
  });

  it('keeps a long trace short without losing the call in question', () => {
    const trace = Array.from({ length: 500 }, (_, i) => ({ name: 'time', args: [], result: BigInt(i) }));
    const model = trace.map((call, i) => (i === 250 ? { ...call, result: 0n } : call));
    const told = tellStory({
      ...input,
      observed: [
        ...observed.slice(0, 3),
        {
          step: 0,
          actual: execute({ ...trapped, trace }, digest({})),
          expected: execute({ ...trapped, trace: model }, digest({})),
        },
      ],
    });
    const calls = present(present(present(told.steps[0]).boundaries[1]).executions[0]).calls;
    expect(calls.length).toBeLessThan(60);
    expect(calls.filter(({ mark }) => mark).map(({ text }) => text)).toEqual(['ic0.time() = 250']);
    expect(calls.some(({ text }) => text === '… 451 more')).toBe(true);
  });

  it('tells the whole run of a case that does not fail, and marks nothing', () => {
    const alone = observed.map(({ step, actual }) => ({ step, actual }));
    const whole = tellStory({ scenario, observed: alone, modules: input.modules, replay: input.replay });
    expect(whole.violation).toBeUndefined();
    expect(whole.steps.map(({ index, boundaries }) => [index, boundaries.length])).toEqual([
      [-1, 2],
      [0, 2],
      [1, 1],
    ]);
    expect(storyText(whole, { wat: true })).not.toContain('<==');
  });

  it('is text that a person can follow', () => {
    const text = storyText(story, { wat: true });
    for (const part of [
      'clause    atomicity/wasm-memory',
      'Step 1: user 0 calls A."m0"(0x01) by ingress',
      'transition 3: message 0 (ingress) is executed  <== here',
      `committed: A: Wasm memory (digest) ${CLEAN} → ${DIRTY}`,
      `the model: A: Wasm memory (digest) stays ${CLEAN}  <== here`,
      'request 0 ends: reject CANISTER_ERROR, "trapped"',
      ';; <== the trap',
      'Replay: npx ic0-conformance replay case.json',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('is the same for the same input', () => {
    expect(JSON.stringify(tellStory(input))).toBe(JSON.stringify(story));
  });
});

describe('WebAssembly text', () => {
  it('names imports at their calls and exports at their functions', () => {
    const lines = annotated(wat).split('\n');
    expect(lines).toContain('    call 0  ;; ic0.msg_reply');
    expect(lines).toContain('  (func (;1;) (type 0)  ;; canister_update m0');
  });

  it('says "perhaps" where more than one place can have trapped', () => {
    const marked = withTrapPlace(annotated(wat), { trap: 'unreachable' });
    expect(marked.match(/<== perhaps the trap/g)).toHaveLength(2);
  });

  it('marks the call of the System API function that trapped', () => {
    const marked = withTrapPlace(annotated(wat), { trap: 'system-call', import: 'msg_reply' });
    expect(marked).toContain(';; ic0.msg_reply  ;; <== the trap');
  });

  it('marks nothing for a trap of no single instruction', () => {
    expect(withTrapPlace(annotated(wat), { trap: 'instruction-limit' })).toBe(annotated(wat));
  });
});
