// plumbing: laws that every run of the model obeys: cycles are conserved, traps leave nothing, ids and order are as the contract has them
import fc from 'fast-check';
import { hexOf, type Cycles, type Nanoseconds } from '../../spec/vocabulary/brands.js';
import { canisterId } from '../../spec/vocabulary/ids.js';
import type { CanisterDigest } from '../../spec/vocabulary/record.js';
import { CHOICE_KINDS, type Stimulus } from '../../spec/vocabulary/scenario.js';
import { actor, ACTOR_METHODS, callArg, CALLBACKS } from './testing/actor.js';
import { Subnet, TRILLION, USER } from './testing/subnet.js';
import { present } from '../../spec/testing/present.js';

const CANISTERS = 3;
const canisterNumber = fc.nat({ max: CANISTERS });
const callback = fc.constantFrom(...CALLBACKS);

const actorCall = fc.record({
  callee: canisterNumber,
  method: fc.constantFrom(...ACTOR_METHODS, 'replicated', 'missing'),
  onReply: callback,
  onReject: callback,
  onCleanup: callback,
  cycles: fc.constantFrom(0, 999, 1001, 4_000_000_000),
  bounded: fc.boolean(),
});

const ingress = fc.oneof(
  fc.tuple(canisterNumber, fc.constantFrom(...ACTOR_METHODS, 'replicated', 'missing')).map(([k, method]) => ({
    kind: 'ingress' as const,
    canister: canisterId(k),
    method,
    arg: hexOf(new Uint8Array()),
    sender: USER,
  })),
  fc
    .tuple(canisterNumber, fc.constantFrom('call', 'call twice', 'call and trap', 'call and reply'), actorCall)
    .map(([k, method, call]) => ({
      kind: 'ingress' as const,
      canister: canisterId(k),
      method,
      arg: hexOf(callArg(call)),
      sender: USER,
    })),
);

const management: fc.Arbitrary<Stimulus> = fc
  .tuple(
    canisterNumber.map(canisterId),
    fc.constantFrom('start', 'stop', 'uninstall', 'delete', 'upgrade', 'reinstall', 'deposit', 'time', 'settings'),
    fc.constantFrom(1n, 10_000_000_000n, (1n << 128n) - 1n),
  )
  .map(([canister, kind, n]): Stimulus => {
    switch (kind) {
      case 'upgrade':
      case 'reinstall':
        return { kind: 'install', canister, sender: USER, mode: kind, module: 0, arg: hexOf(new Uint8Array()) };
      case 'deposit':
        return { kind, canister, sender: USER, cycles: n as Cycles };
      case 'time':
        return { kind: 'advance-time', by: BigInt.asUintN(60, n) as Nanoseconds };
      case 'settings':
        return { kind: 'update-settings', canister, sender: USER, settings: { wasmMemoryThreshold: n } };
      case 'start':
      case 'stop':
      case 'uninstall':
      case 'delete':
        return { kind, canister, sender: USER };
      default:
        throw new Error(kind);
    }
  });

// executions more often than spontaneous events
const choiceKind = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('execute' as const, 'deliver' as const) },
  { weight: 1, arbitrary: fc.constantFrom(...CHOICE_KINDS) },
);

const step = fc.oneof(
  { weight: 8, arbitrary: ingress.map((stimulus): Stimulus => stimulus) },
  { weight: 1, arbitrary: management },
  { weight: 16, arbitrary: fc.tuple(choiceKind, fc.nat({ max: 20 })) },
);

/** Runs the steps; after each, what it did is shown. */
function run(
  steps: readonly (Stimulus | [string, number])[],
  seen: (s: Subnet, before: ReadonlyMap<string, CanisterDigest>) => void,
): void {
  const s = new Subnet({ trace: false });
  const balances = [100n * TRILLION, 3n * TRILLION, 30_000_000n];
  for (let k = 0; k < CANISTERS; k++) {
    s.create(balances[k]);
    s.install(canisterId(k), actor);
  }
  for (const one of steps) {
    const before = digests(s);
    if (!Array.isArray(one)) s.submit(one);
    else {
      const choices = s.engine.enabled().filter(({ kind }) => kind === one[0]);
      if (choices.length === 0) continue;
      s.take(present(choices[one[1] % choices.length]));
    }
    seen(s, before);
  }
}

function digests(s: Subnet): ReadonlyMap<string, CanisterDigest> {
  const all = new Map<string, CanisterDigest>();
  for (const choice of s.engine.enabled())
    if (choice.kind === 'bump-version') all.set(choice.canister, s.digest(choice.canister));
  return all;
}

const steps = fc.array(step, { minLength: 5, maxLength: 40 });
const RUNS = { numRuns: 100, seed: 7 };

describe('in every run', () => {
  it('cycles that were put in are accounted for', () => {
    fc.assert(
      fc.property(steps, (list) =>
        run(list, (s) => {
          const { putIn, accounted } = s.conservation();
          expect(accounted).toBe(putIn);
        }),
      ),
      RUNS,
    );
  });

  it('no amount of cycles is negative', () => {
    fc.assert(
      fc.property(steps, (list) =>
        run(list, (s) => {
          for (const [what, amount] of Object.entries(s.engine.ledger()))
            expect([what, amount >= 0n]).toEqual([what, true]);
          for (const digest of digests(s).values()) expect(digest.balance >= 0n).toBe(true);
        }),
      ),
      RUNS,
    );
  });

  it('a transition whose executions all trapped leaves the memories, certified data and stable memory alone', () => {
    let checked = 0;
    fc.assert(
      fc.property(steps, (list) =>
        run(list, (s, before) => {
          const { cause, executions, after } = present(s.transitions.at(-1));
          if (executions.length === 0 || executions.some(({ outcome }) => outcome.kind === 'returned')) return;
          if (cause.kind === 'uninstall') return;
          checked++;
          for (const digest of after) {
            const old = present(before.get(digest.canister));
            const kept = ({ wasmMemory, wasmPages, globals, stableMemory, stablePages, certifiedData, version }: CanisterDigest) => [
              wasmMemory, wasmPages, globals, stableMemory, stablePages, certifiedData, version,
            ]; // prettier-ignore
            if (digest.moduleHash === old.moduleHash) expect(kept(digest)).toEqual(kept(old));
          }
        }),
      ),
      { ...RUNS, numRuns: 250 },
    );
    expect(checked).toBeGreaterThan(50);
  });

  it('what a transition does not list has not changed', () => {
    fc.assert(
      fc.property(steps, (list) =>
        run(list, (s, before) => {
          const listed = new Set<string>(present(s.transitions.at(-1)).after.map(({ canister }) => canister));
          for (const [id, digest] of digests(s)) if (!listed.has(id)) expect(digest).toEqual(before.get(id));
        }),
      ),
      RUNS,
    );
  });

  it('message ids count up without gaps', () => {
    fc.assert(
      fc.property(steps, (list) => {
        let next = 0;
        run(list, (s) => {
          for (const { id } of present(s.transitions.at(-1)).messages) expect(id).toBe(next++);
        });
      }),
      RUNS,
    );
  });

  it('every accepted request ends at most once', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const ended = new Set<number>();
        run(list, (s) => {
          for (const { request } of present(s.transitions.at(-1)).ended) {
            expect(ended.has(request)).toBe(false);
            ended.add(request);
          }
        });
      }),
      RUNS,
    );
  });
});
