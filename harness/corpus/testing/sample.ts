// plumbing: a hand-made case that has every part of the format, for tests
import { cycles, hex, nanoseconds } from '../../../spec/vocabulary/brands.js';
import { canisterId, userId } from '../../../spec/vocabulary/ids.js';
import type { Program } from '../../../spec/vocabulary/program.js';
import type { Scenario, Stimulus } from '../../../spec/vocabulary/scenario.js';
import type { CaseFile } from '../../types.js';

const A = canisterId(0);
const B = canisterId(1);
const user = userId(0);

const sampleProgram: Program = {
  format: 'program@1',
  width: 'i32',
  memory: { min: 1n },
  globals: [{ type: 'i64', init: (1n << 64n) - 1n }],
  functions: [
    {
      name: 'update',
      type: 'entry',
      locals: [],
      body: [
        {
          kind: 'store',
          address: { kind: 'constant', value: 0n },
          value: { kind: 'constant', value: 7n },
          bytes: 4,
        },
        { kind: 'system call', name: 'msg_reply', args: [] },
        { kind: 'trap', means: 'unreachable' },
      ],
    },
  ],
  exports: [{ name: 'canister_update m0', function: 'update' }],
  data: [],
  elements: [],
  customSections: [],
  oddities: [],
};

const stimuli: readonly Stimulus[] = [
  {
    kind: 'ingress',
    canister: A,
    method: 'm0',
    arg: hex('00ff'),
    sender: user,
    senderInfo: { data: hex('01'), signer: B },
  },
  { kind: 'query', canister: A, method: 'q', arg: hex(''), sender: user, certificate: hex('d9d9f7') },
  { kind: 'transform', canister: A, method: 'q', arg: hex('') },
  { kind: 'create', sender: user, cycles: cycles((1n << 128n) - 1n), reservedCycles: cycles(0n), settings: {} },
  {
    kind: 'install',
    canister: A,
    sender: user,
    mode: 'upgrade',
    module: 1,
    arg: hex(''),
    skipPreUpgrade: true,
    wasmMemoryPersistence: 'keep',
  },
  { kind: 'stop', canister: A, sender: user },
  { kind: 'start', canister: A, sender: user },
  { kind: 'update-settings', canister: A, sender: user, settings: { freezingThreshold: 1n << 63n } },
  { kind: 'deposit', canister: A, sender: user, cycles: cycles(1n) },
  { kind: 'advance-time', by: nanoseconds(1n) },
  { kind: 'uninstall', canister: B, sender: user },
  { kind: 'delete', canister: B, sender: user },
];

export const sampleScenario: Scenario = {
  profile: 'conformance',
  setup: {
    time: nanoseconds(1_700_000_000_000_000_000n),
    canisters: [
      {
        module: 0,
        initArg: hex('c0ffee'),
        cycles: cycles(10n ** 15n),
        reservedCycles: cycles(5n),
        settings: {
          controllers: [user, A],
          computeAllocation: 1n,
          memoryAllocation: 2n,
          freezingThreshold: 3n,
          reservedCyclesLimit: cycles(4n),
          minimumIncomingCanisterCallCycles: cycles(5n),
          wasmMemoryLimit: 6n,
          wasmMemoryThreshold: 7n,
          environmentVariables: [{ name: 'NAME "quoted"', value: 'tab\tnewline\n' }],
        },
      },
      { initArg: hex(''), cycles: cycles(0n), reservedCycles: cycles(0n), settings: {} },
    ],
  },
  steps: [
    ...stimuli.map((stimulus) => ({ stimulus })),
    {
      picks: [
        { kind: 'reject', rank: 3, code: 2 },
        { kind: 'deliver', rank: 0 },
      ],
      hold: true,
    },
  ],
  modules: [
    { kind: 'program', program: sampleProgram, gzip: true },
    { kind: 'wasm', description: 'empty module', bytes: new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]) },
  ],
};

export const sampleCase: CaseFile = {
  schema: 'ic0-conformance/case@1',
  suite: { version: '0.1.0', hash: 'ab'.repeat(32) },
  origin: { seed: 'a seed', k: 17 },
  target: 'mutant:keeps-memory-on-trap',
  minimized: false,
  rules: ['atomicity/update-trap'],
  failure: {
    rule: 'atomicity/update-trap',
    tier: 'differential',
    kind: 'wasmMemory',
    step: 0,
    transition: 2,
    entryPoint: 'canister_update',
    import: 'msg_reply',
    expected: '0',
    actual: '7',
  },
  scenario: sampleScenario,
};
