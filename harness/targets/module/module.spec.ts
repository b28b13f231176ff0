// plumbing: tests of adapter modules — good ones, and those that are not what they should be
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nanoseconds } from '../../../spec/vocabulary/brands.js';
import { canisterId, userId } from '../../../spec/vocabulary/ids.js';
import { smoke } from '../../smoke/smoke.js';
import { TargetFault } from '../../target.js';
import { UnknownTargetError, builtinTarget } from '../builtin.js';
import { AdapterPathError, channelTo, describeRemote, isRemote } from '../remote.js';
import type { Channel, Question } from '../stdio/channel.js';

const directory = mkdtempSync(join(tmpdir(), 'adapters-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

let count = 0;
/** An adapter module of that text. */
function moduleOf(text: string): string {
  const file = join(directory, `adapter-${count++}.mjs`);
  writeFileSync(file, text);
  return file;
}

/** An adapter whose target is a good one but for the given members. */
const adapter = (members: string, before = '') =>
  moduleOf(`${before}
    export default async () => ({
      name: 'mine', version: '7',
      capabilities: { records: false, balances: false, time: true, reorders: false, widths: ['i32'], stimuli: ['create'], entryPoints: [] },
      async begin() {},
      async submit(stimulus) { return { outcome: { kind: 'done' }, canister: '00000000000000000101' }; },
      async settle() { return []; },
      status: () => ({ exists: true, status: 'running', balance: 3n }),
      ${members}
    });`);

const begin: Question = {
  do: 'begin',
  profile: 'conformance',
  time: nanoseconds(5n),
  modules: [new Uint8Array([1, 2])],
};
const create: Question = { do: 'submit', stimulus: { kind: 'create', sender: userId(0), cycles: 10n ** 30n as never, reservedCycles: 0n as never, settings: {} } }; // prettier-ignore
const status: Question = { do: 'status', canister: canisterId(0) };
const settle: Question = { do: 'settle' };

async function asking<T>(file: string, act: (channel: Channel) => T, timeout = 5_000): Promise<T> {
  const channel = channelTo(file, timeout);
  try {
    return act(channel);
  } finally {
    await channel.close();
  }
}

describe('an adapter module', () => {
  it('is asked like a process, with values instead of text, and may be asynchronous', async () => {
    const seen = adapter(`begin({ time, modules }) { if (time !== 5n || modules[0][1] !== 2) throw new Error('no'); },
      async submit({ cycles }) { return { outcome: { kind: cycles === 10n ** 30n ? 'done' : 'accepted' } }; },`);
    await asking(seen, (channel) => {
      expect(channel.welcome.target).toEqual({ name: 'mine', version: '7' });
      expect(channel.ask(begin)).toEqual({ seq: 1, is: 'begun' });
      expect(channel.ask(create)).toEqual({ seq: 2, is: 'submitted', outcome: { kind: 'done' } });
      expect(channel.ask(settle)).toEqual({ seq: 3, is: 'settled', ended: [] });
      expect(channel.ask(status)).toMatchObject({ status: { exists: true, balance: 3n } });
    });
  });

  it('is described by its own name', async () => {
    const file = adapter('');
    expect(await describeRemote(file)).toMatchObject({ name: `${file} (mine)`, version: '7' });
  });

  it('skips and fails by what it throws, known by its name', async () => {
    const thrower = (name: string) =>
      adapter(`submit() { throw Object.assign(new Error('because'), { name: '${name}' }); },`);
    const answerOf = (name: string) => asking(thrower(name), (channel) => channel.ask(create));
    expect(await answerOf('TargetSkip')).toEqual({ seq: 1, is: 'skipped', reason: 'because' });
    expect(await answerOf('HostLimit')).toMatchObject({ is: 'errored', kind: 'host-limit' });
    expect(await answerOf('TypeError')).toMatchObject({ is: 'errored', kind: 'crash', context: 'TypeError: because' });
  });

  it('is told when the run is over', async () => {
    const trace = join(directory, 'closed');
    const file = adapter(
      `async close() { writeFileSync(${JSON.stringify(trace)}, 'closed'); },`,
      `import { writeFileSync } from 'node:fs';`,
    );
    await asking(file, (channel) => channel.ask(begin));
    expect(readFileSync(trace, 'utf8')).toBe('closed');
  });

  it('prints to standard error, since standard output belongs to the reports', async () => {
    const file = adapter(`settle() { process.stdout.write('{"seq":9}'); return []; },`);
    expect(await asking(file, (channel) => channel.ask(settle))).toEqual({ seq: 1, is: 'settled', ended: [] });
  });
});

describe('an adapter module that is not one', () => {
  const fault = async (file: string, question: Question = begin, timeout?: number): Promise<string> => {
    const channel = channelTo(file, timeout);
    try {
      channel.ask(question);
    } catch (error) {
      if (error instanceof TargetFault) return error.message;
      throw error;
    } finally {
      await channel.close();
    }
    throw new Error('no fault was seen');
  };

  it.each([
    ['has no default export', 'export const target = 1, other = 2;', /no default export that is a function; it exports other, target/],
    ['ends its thread at start', 'process.exit(0);', /it ended its thread with code 0$/],
    ['ends its thread in its factory', 'export default () => process.exit(3);', /it ended its thread with code 3$/],
    ['breaks down at start', 'setTimeout(() => { throw new Error("too late"); }); await new Promise(() => {});', /with code 1: Error: too late/],
    ['exports no function', 'export default { name: "x" };', /it exports default\. Write: export default/],
    ['cannot be parsed', 'export default (', /could not be loaded: SyntaxError: .*node --check/],
    ['imports what is not there', 'import "./nothing-here.mjs";', /could not be loaded: .*nothing-here/],
    ['throws at start', 'export default () => { throw new Error("no replica"); };', /could not start its target: Error: no replica \(at file:.*:1:30\)$/],
    ['rejects at start', 'export default async () => { throw "no"; };', /could not start its target: it threw no/],
    ['gives nothing', 'export default () => {};', /its factory gave undefined, not a target object/],
    ['has no name', 'export default () => ({ version: "1" });', /no text "name"/],
    ['has no capabilities', 'export default () => ({ name: "a", version: "1" });', /no object "capabilities"/],
    ['lacks a method', 'export default () => ({ name: "a", version: "1", capabilities: {}, begin() {} });', /no method "submit"/],
  ])('%s', async (_, text, message) => {
    expect(await fault(moduleOf(text))).toMatch(message);
  }); // prettier-ignore

  it('names a capability wrongly, or answers nonsense', async () => {
    expect(await fault(adapter('capabilities: { records: false },'))).toMatch(/nonsense: \$\.capabilities\.balances/);
    expect(await fault(adapter('status: () => ({ exists: 1 }),'), status)).toMatch(/nonsense: \$\.status\.exists/);
    expect(await fault(adapter('submit: () => ({ outcome: { kind: "done" }, mood: 1 }),'), create)).toMatch(/\$\.mood/);
    expect(await fault(adapter('settle() {},'), settle)).toMatch(/\$\.ended/);
  });

  it('answers what cannot be sent', async () => {
    const file = adapter('status: () => ({ exists: () => true }),');
    expect(await asking(file, (channel) => channel.ask(status))).toMatchObject({ is: 'errored', kind: 'crash' });
  });

  it('hangs, waiting or busy, and is started anew', async () => {
    expect(await fault(adapter('settle: () => new Promise(() => {}),'), settle, 200)).toMatch(/no answer to settle/);
    const busy = adapter('settle() { for (;;); },');
    await asking(
      busy,
      (channel) => {
        expect(() => channel.ask(settle)).toThrow(/no answer to settle within 500 ms/);
        expect(channel.ask(begin)).toEqual({ seq: 1, is: 'begun' });
      },
      500,
    );
  });

  it('ends its thread, or breaks down, instead of answering', async () => {
    expect(await fault(adapter('settle() { process.exit(0); },'), settle)).toMatch(/it ended its thread with code 0$/);
    const breaks = adapter(
      'settle() { setTimeout(() => { throw new Error("late"); }); return new Promise(() => {}); },',
    );
    expect(await fault(breaks, settle)).toMatch(/it ended its thread with code 1: Error: late/);
  });

  it('is not there, or is TypeScript', () => {
    expect(() => channelTo('./nobody.mjs')).toThrow(AdapterPathError);
    expect(() => channelTo('./nobody.mjs')).toThrow(/no such file.*stdio:COMMAND/);
    expect(() => channelTo('./docs')).toThrow(/this is no file.*adapter module/);
    expect(() => channelTo('examples/adapters/executor.ts')).toThrow(/Compile it/);
  });
});

it('the adapter that docs/target-protocol.md begins with passes the smoke test', async () => {
  const page = readFileSync('docs/target-protocol.md', 'utf8');
  const text = /^```js\n(import \{ TargetSkip[\s\S]*?)^```$/m.exec(page)?.[1] ?? '';
  // The suite's own name leads nowhere from a folder for tests.
  const skeleton = text.replace(/^import .*$/m, 'class TargetSkip extends Error { name = "TargetSkip" }');
  const channel = channelTo(moduleOf(skeleton));
  const results = await smoke(channel, channel.welcome);
  await channel.close();
  const of = (wanted: string) => results.filter(({ result }) => result === wanted).map(({ name }) => name);
  expect([of('failed'), of('lost')]).toEqual([[], []]);
  expect(of('ok')).toEqual(['create', 'begin forgets what was before']);
});

describe('the name of a target', () => {
  it('is a path where it has a slash or ends as modules do', async () => {
    for (const name of ['stdio:x', './a.mjs', '/a/b.js', 'a.mjs', 'dir/a'])
      expect([name, isRemote(name)]).toEqual([name, true]);
    for (const name of ['executor', 'mutant:a', 'http://localhost:1', 'nobody'])
      expect([name, isRemote(name)]).toEqual([name, false]);
    await expect(builtinTarget('nobody')).rejects.toThrow(UnknownTargetError);
    await expect(builtinTarget('nobody')).rejects.toThrow(
      /executor, reference.*mutant:NAME, .*"stdio:COMMAND", \.\/adapter\.mjs/,
    );
  });
});

describe('the process of a target that does not end with its input', () => {
  it('is killed when the run is over', async () => {
    const pidFile = join(directory, 'pid');
    const program = moduleOf(`import { writeFileSync } from 'node:fs';
      import { createInterface } from 'node:readline';
      writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
      setInterval(() => {}, 1000);
      createInterface({ input: process.stdin }).on('line', (line) => {
        const { seq, protocol } = JSON.parse(line);
        console.log(JSON.stringify({ seq, is: 'welcome', protocol, target: { name: 't', version: '1' }, checksum: 'none',
          capabilities: { records: false, balances: false, time: false, reorders: false, widths: [], stimuli: [], entryPoints: [] } }));
      });`);
    const channel = channelTo(`stdio:${process.execPath} ${program}`, 5_000);
    expect(channel.welcome.target.name).toBe('t');
    const runs = () => process.kill(Number(readFileSync(pidFile, 'utf8')), 0);
    expect(runs()).toBe(true);
    await channel.close();
    expect(runs).toThrow(/ESRCH/);
  });
});
