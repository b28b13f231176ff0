// plumbing: makes static cases — generated cases with everything that may be seen
import { sha256 } from '@noble/hashes/sha2.js';
import { hexOf, type Hex } from '../../spec/vocabulary/brands.js';
import { profileNamed } from '../../spec/profiles/profiles.js';
import { Crash } from '../../spec/vocabulary/engine.js';
import { ENTRY_POINTS, type EntryPoint } from '../../spec/vocabulary/entry-point.js';
import { generateCase, moduleToWat, type Family } from '../../generators/index.js';
import { blame } from '../blackbox/blame.js';
import { Restless, type Expectations } from '../blackbox/expectations.js';
import { bytesText, type Required } from '../blackbox/patterns.js';
import { prepare } from '../blackbox/judge.js';
import { sightKey, type What } from '../blackbox/observation.js';
import { STIMULUS_KINDS, type Capabilities } from '../protocol/messages.js';
import { suite } from '../runner/suite.js';
import { STATIC_CASE_SCHEMA, type Expectation, type Seen, type StaticCase } from './static-case.js';

/** Somebody who can do everything, and shows replies, rejects and status. */
const ANYBODY: Capabilities = {
  records: false,
  balances: false,
  time: true,
  reorders: true,
  widths: ['i32', 'i64'],
  stimuli: STIMULUS_KINDS,
  entryPoints: Object.keys(ENTRY_POINTS) as EntryPoint[],
};

/** Modules larger than this are not printed as text. */
const LONGEST_MODULE = 65_536;

/** Why a case is no static case. */
export interface Skipped {
  readonly k: number;
  readonly reason: string;
}

/**
 * Case k of a seed as a static case.
 * @throws Crash where the generated case names a profile that does not exist
 */
export async function staticCase(seed: string, k: number, families?: readonly Family[]): Promise<StaticCase | Skipped> {
  const { scenario } = generateCase(seed, k, families === undefined || families.length === 0 ? {} : { families });
  const profile = profileNamed(scenario.profile);
  if (profile === undefined) throw new Crash(`there is no profile ${scenario.profile}`);
  const prepared = prepare(scenario, ANYBODY, profile, { certificates: false });
  if ('verdict' in prepared) return { k, reason: prepared.reason ?? prepared.verdict };
  const { play, expectations } = prepared;
  const rules = new Set<string>();
  let steps: StaticCase['steps'];
  try {
    steps = play.strokes.map(({ stimulus }, stroke) => {
      const expect = expected(expectations, stroke, stimulus.kind === 'deposit');
      for (const what of Object.keys(expect) as What[]) {
        rules.add(blame(play, expectations.transitions, { stroke, what, expected: undefined, actual: undefined }));
      }
      return { stimulus, expect };
    });
  } catch (error) {
    if (error instanceof Restless) return { k, reason: error.message };
    throw error;
  }
  const modules = await Promise.all(play.modules.map(staticModule));
  return {
    schema: STATIC_CASE_SCHEMA,
    suite: suite(),
    origin: { seed, k },
    profile: scenario.profile,
    rules: [...rules].sort(),
    time: scenario.setup.time,
    modules,
    steps,
  };
}

async function staticModule(wasm: Uint8Array): Promise<StaticCase['modules'][number]> {
  const wat = wasm.length > LONGEST_MODULE ? undefined : await moduleToWat(wasm).catch(() => undefined);
  return { wasm, sha256: hexOf(sha256(wasm)), ...(wat !== undefined && { wat }) };
}

/**
 * What may be seen at a stroke; what is not asserted is left out.
 * @param deposit a deposit may be refused: who may top up a canister is read in two ways
 */
function expected(expectations: Expectations, stroke: number, deposit: boolean): Expectation {
  const of = (what: What): readonly Seen[] | undefined => {
    const key = sightKey({ stroke, what });
    // A place at which the usual run shows nothing is not looked at: a response where none is expected, for example.
    if (expectations.usualSight(key) === undefined) return undefined;
    return expectations.allowed(key)?.map(seenOf);
  };
  const [outcome, response, status] = [deposit ? undefined : of('outcome'), of('response'), of('status')];
  return { ...(outcome && { outcome }), ...(response && { response }), ...(status && { status }) };
}

const REJECT = /^reject(?: with code (\d+))?$/;
const STATUS = /^(running|stopping|stopped), module (\w+)$/;

/** A sight in the words of the format. */
function seenOf({ value, bytes, openEnd }: Required): Seen {
  const [reject, code] = REJECT.exec(value) ?? [];
  if (reject !== undefined) return { is: 'reject', ...(code !== undefined && { code: Number(code) }) };
  const [, status, module] = STATUS.exec(value) ?? [];
  if (status !== undefined && module !== undefined) {
    return { is: status as Seen['is'], ...(module !== 'none' && { module: module as Hex }) };
  }
  return {
    is: value as Seen['is'],
    ...(bytes !== undefined && { bytes: bytesText(bytes) }),
    ...(openEnd && { openEnd }),
  };
}
