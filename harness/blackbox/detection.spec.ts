// plumbing: tests of situations that modules bring up by being installed, and calls by their arguments and the state
import { gzipped } from '../../generators/canister/gzip.js';
import { conformance } from '../../spec/profiles/profiles.js';
import { hex, type Nanoseconds } from '../../spec/vocabulary/brands.js';
import { canisterId, userId } from '../../spec/vocabulary/ids.js';
import { SYSTEM_API } from '../../spec/system-api.js';
import type { Execution } from '../../reference-model/ic/execution.js';
import { detectInCalls, StimulusDetection } from './detection.js';
import { handlerNamed, type Handlers } from './handlers.js';

const EMPTY_MODULE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

/** What comes up when these bytes are installed. */
function situationsOf(bytes: Uint8Array): readonly string[] {
  const situations: string[] = [];
  const scenario = {
    profile: 'conformance',
    setup: { time: 0n as Nanoseconds, canisters: [] },
    modules: [{ kind: 'wasm', bytes, description: 'uploaded' }],
    steps: [],
  } as const;
  const play = { scenario, modules: [bytes], profile: conformance };
  new StimulusDetection(play, (because) => situations.push(because)).beforeStimulus({
    kind: 'install',
    canister: canisterId(0),
    sender: userId(0),
    mode: 'install',
    module: 0,
    arg: hex(''),
  });
  return situations;
}

/** The bytes with another one so far from the end. */
const changed = (bytes: Uint8Array, back: number) =>
  bytes.map((byte, i) => (i === bytes.length - back ? byte ^ 1 : byte));

describe('what a gzip stream says at its end', () => {
  it('need not be examined: whether it is wrong is open', () => {
    for (const back of [1, 4, 5, 8])
      expect(situationsOf(changed(gzipped(EMPTY_MODULE), back))).toEqual(['end of a gzip stream']);
  });

  it('matters to nobody where it is right, or where it is not the end that is wrong', () => {
    const stream = gzipped(EMPTY_MODULE);
    for (const bytes of [stream, stream.slice(0, 12), stream.map((byte, i) => (i === 3 ? 0x20 : byte)), EMPTY_MODULE])
      expect(situationsOf(bytes)).toEqual([]);
  });
});

describe('custom sections of one name', () => {
  /** A module with empty custom sections of these names. */
  const withSections = (...names: readonly string[]) =>
    Uint8Array.from([
      ...EMPTY_MODULE,
      ...names.flatMap((name) => [0, name.length + 1, name.length, ...Buffer.from(name)]),
    ]);

  it.each([
    ['two public ones', 'icp:public a', 'icp:public a'],
    ['two private ones', 'icp:private a', 'icp:public b', 'icp:private a'],
  ])('are refused or accepted: %s', (_, ...names) => {
    expect(situationsOf(withSections(...names))).toEqual(['module-requirements/custom-section-twice']);
  });

  it('are nothing to anybody where their names differ, or are not of the Internet Computer', () => {
    for (const names of [['icp:public a', 'icp:public b'], ['name2', 'name2'], []])
      expect(situationsOf(withSections(...names))).toEqual([]);
  });
});

describe('32-bit functions of the stable memory', () => {
  const handlers: Handlers = Object.fromEntries(SYSTEM_API.map(({ name }) => [name, () => undefined]));

  it.each([
    [65_536n, []],
    [65_537n, ['stable-memory/limit-32-of-what']],
  ])('where it has %d pages: %j', (pages, situations) => {
    for (const name of ['stable_size', 'stable_grow', 'stable_read', 'stable_write']) {
      const found: string[] = [];
      const detecting = detectInCalls(handlers, (because) => found.push(because));
      handlerNamed(detecting, name)({ stable: { pages } } as unknown as Execution);
      expect(found).toEqual(situations);
    }
  });
});
