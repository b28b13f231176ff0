// plumbing: a hand-made report that has every part of the format, for tests
import type { Report, ReportFailure } from '../report.js';
import type { Story } from '../story-types.js';

export const sampleStory: Story = {
  headline: 'In step 1, canister_update: the target and the model part (Wasm memory (digest)).',
  violation: {
    clause: {
      id: 'atomicity/wasm-memory',
      paraphrase: 'A trap leaves the Wasm memory as it was <before>.',
      anchor: 'canister-interface.md#entry-points',
    },
    expected: '0000000000000000',
    actual: 'deadbeef00000001',
  },
  canisters: [{ name: 'A', id: '00000000000000000101', title: 'module 0, 1_000 cycles, default settings' }],
  modules: [{ title: 'Module 0: program, in A', program: 'trap: unreachable', wat: '(module\n  (func unreachable))' }],
  steps: [
    {
      index: 0,
      title: 'user 0 calls A."m0"() by ingress',
      boundaries: [
        {
          transition: 2,
          title: 'message 0 (ingress) is executed',
          executions: [
            {
              canister: 'A',
              entryPoint: 'canister_update',
              title: 'canister_update "m0" of A (wasm32, context U)',
              calls: [{ text: 'ic0.msg_reply()', mark: true }],
              outcome: 'trapped: unreachable, after ic0.msg_reply, 12 instructions',
              effects: ['responded: reply, empty'],
              expected: 'the model: returned',
            },
          ],
          messages: ['request 0 ends: reject CANISTER_ERROR, "trapped"'],
          committed: [{ canister: 'A', field: 'Wasm memory (digest)', before: '00', after: 'ff' }],
          expected: [{ canister: 'A', field: 'Wasm memory (digest)', before: '00', after: '00' }],
          rolledBack: 'canister_update of A trapped: nothing that it did may stay',
          mark: true,
        },
      ],
    },
  ],
  replay: 'npx ic0-conformance replay corpus/abc.json',
};

export const sampleFailure: ReportFailure = {
  rule: 'atomicity/wasm-memory',
  tier: 'differential',
  kind: 'wasmMemory',
  case: { k: 17, id: 'abc' },
  step: 0,
  transition: 2,
  entryPoint: 'canister_update',
  import: 'msg_reply',
  expected: '0000000000000000',
  actual: 'deadbeef00000001',
  minimized: true,
  occurrences: 3,
  story: sampleStory,
};

export const sampleReport: Report = {
  schema: 'ic0-conformance/report@1',
  suite: { version: '0.1.0', spec: [{ document: 'canister-interface.md', revision: '0.60.0' }], hash: 'ab'.repeat(32) },
  seed: 'a & b',
  target: { name: 'mutant:keeps-memory', version: '0.1.0', capabilities: ['time', 'traces'] },
  tier: 'differential',
  profile: 'conformance',
  selection: { cases: 100, families: ['atomicity', 'availability'], rules: [], maxFailures: 10 },
  complete: true,
  totals: { cases: 100, passed: 90, failed: 3, skipped: 4, poisoned: 2, errored: 1 },
  rules: [
    { id: 'atomicity/wasm-memory', level: 'must', checks: 40, failures: 3, mutants: ['keeps-memory'] },
    { id: 'atomicity/globals', level: 'must', checks: 41, failures: 0, mutants: [] },
    {
      id: 'responding/sizes',
      level: 'must',
      checks: 0,
      failures: 0,
      skipped: 'the target shows no traces',
      mutants: [],
    },
    { id: 'time/constant', level: 'must', checks: 0, failures: 0, mutants: [] },
    { id: 'calls/queue', level: 'may', checks: 0, failures: 0, mutants: [] },
  ],
  matrix: {
    msg_reply: {
      U: { checks: 9, failures: 1, by: { canister_update: { wasm32: 5, wasm64: 4 } } },
      T: { checks: 2, failures: 0, by: { canister_heartbeat: { wasm32: 2, wasm64: 0 } } },
    },
    time: { s: { checks: 3, failures: 0, by: { start: { wasm32: 3, wasm64: 0 } } } },
  },
  reached: {
    families: {
      atomicity: { cases: 60, passed: 51, failed: 3, skipped: 4, poisoned: 2, errored: 0 },
      availability: { cases: 40, passed: 39, failed: 0, skipped: 0, poisoned: 0, errored: 1 },
    },
    entryPoints: { canister_update: 300, start: 3 },
    traps: { unreachable: 20 },
    rejectCodes: { CANISTER_ERROR: 5 },
    trapPoints: { 'canister_update / unreachable': 20 },
    missing: {
      cells: ['time / canister_inspect_message / wasm32'],
      entryPoints: ['canister_inspect_message'],
      traps: ['callback'],
      clauses: ['calls/queue', 'time/constant'],
    },
  },
  failures: [sampleFailure],
  skipped: [
    { verdict: 'errored', reason: 'a worker died', cases: 1, firstCase: 70 },
    { verdict: 'left out', reason: 'a step: readings differ (15 in docs/ambiguities.md)', cases: 6, firstCase: 2 },
    { verdict: 'poisoned', reason: 'host limit', cases: 2, firstCase: 11 },
    { verdict: 'skipped', reason: 'cannot control time', cases: 4, firstCase: 3 },
  ],
  waived: [{ rule: 'time/constant', reason: 'known', expires: '2027-01-01', failures: 0, status: 'unused' }],
  timing: { milliseconds: 1234.5, casesPerSecond: 81 },
  host: {
    node: 'v20.20.2',
    platform: 'linux x64',
    jobs: 2,
    shard: '1/2',
    corpus: 'corpus',
    findings: [{ key: 'atomicity/wasm-memory | wasmMemory', rule: 'atomicity/wasm-memory', cases: 3, firstCase: 17 }],
  },
};
