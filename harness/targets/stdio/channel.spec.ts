// plumbing: tests of the channel to a process, with small programs that behave and misbehave
import { crc32, fromLine, LineError, toLine } from '../../protocol/line.js';
import { nanoseconds } from '../../../spec/vocabulary/brands.js';
import { TargetFault } from '../../target.js';
import { processLink } from './bridge.js';
import { Channel, type Question } from './channel.js';
import { CommandError, wordsOf } from './command.js';

/** A target in JavaScript: `reply(request)` gives the lines to print for a request after hello. */
function target(reply: string, hello = ''): string {
  const program = `
    const zlib = require('node:zlib');
    const welcome = { is: 'welcome', protocol: 'ic0-conformance/target-protocol@1', target: { name: 't', version: '1' }, checksum: 'none',
      capabilities: { records: false, balances: false, time: false, reorders: false, widths: [], stimuli: [], entryPoints: [] } };
    const lines = require('node:readline').createInterface({ input: process.stdin });
    const reply = (request) => { ${reply} };
    lines.on('line', (line) => {
      const request = JSON.parse(line);
      const out = request.do === 'hello' ? (() => { ${hello || 'return [JSON.stringify({ seq: request.seq, ...welcome })];'} })() : reply(request);
      for (const text of out ?? []) process.stdout.write(text + '\\n');
    });`;
  return `${process.execPath} -e '${program.replace(/'/g, `"`).replace(/\n/g, ' ')}'`;
}

const channelTo = (command: string, timeout: number) => new Channel(processLink(command), timeout);

const begin: Question = { do: 'begin', profile: 'conformance', time: nanoseconds(0n), modules: [] };
const settle: Question = { do: 'settle' };
const BEHAVES =
  'return [JSON.stringify({ seq: request.seq, is: request.do === "begin" ? "begun" : "settled", ...(request.do === "settle" ? { ended: [] } : {}) })];';

function faultOf(command: string, questions: readonly Question[] = [begin, settle], timeout = 5_000): TargetFault {
  const channel = channelTo(command, timeout);
  try {
    for (const question of questions) channel.ask(question);
  } catch (error) {
    if (error instanceof TargetFault) return error;
    throw error;
  } finally {
    void channel.close();
  }
  throw new Error('no fault was seen');
}

describe('a channel', () => {
  it('asks and gets answers', () => {
    const channel = channelTo(target(BEHAVES), 5_000);
    expect(channel.welcome.target).toEqual({ name: 't', version: '1' });
    expect(channel.ask(begin)).toEqual({ seq: 1, is: 'begun' });
    expect(channel.ask(settle)).toEqual({ seq: 2, is: 'settled', ended: [] });
    void channel.close();
  });

  it('takes what is said on standard error for no fault', () => {
    const channel = channelTo(target(`process.stderr.write("warning"); ${BEHAVES}`), 5_000);
    expect(channel.ask(settle).is).toBe('settled');
    void channel.close();
  });

  it('starts the target anew after a fault', () => {
    const channel = channelTo(target(`if (request.do === "settle") process.exit(7); ${BEHAVES}`), 5_000);
    expect(() => channel.ask(settle)).toThrow(/ended with code 7/);
    expect(channel.ask(begin)).toEqual({ seq: 1, is: 'begun' });
    void channel.close();
  });

  it('lets no shell interpret the command', () => {
    const channel = channelTo(
      `${process.execPath} -e 'console.error(process.argv[1]); process.exit(3)' '$HOME; echo *'`,
      5_000,
    );
    expect(() => channel.welcome).toThrow(/on standard error: \$HOME; echo \*/);
  });
});

it('a fault names the whole command, as --target takes it', () => {
  const command = `${process.execPath} -e "process.exit(7)" one two`;
  const fault = faultOf(command);
  expect([fault.target, fault.message]).toEqual([`stdio:${command}`, `target stdio:${command}: it ended with code 7`]);
});

describe('a target that misbehaves is told so', () => {
  const line = (fields: string) => `JSON.stringify({ ${fields} })`;
  const cases: [string, string, RegExp][] = [
    [
      'dies, with what it said last',
      'console.error("out of memory"); process.exit(1);',
      /ended with code 1; on standard error: out of memory/,
    ],
    ['prints garbage', 'return ["hello?"];', /not JSON/],
    ['prints another JSON value', 'return ["[1]"];', /expected an object/],
    [
      'answers out of order',
      `return [${line('seq: request.seq + 1, is: "settled", ended: []')}];`,
      /asked 1, it answered 2/,
    ],
    ['answers twice', `const a = ${line('seq: request.seq, is: "begun"')}; return [a, a];`, /asked 2, it answered 1/],
    [
      'answers something else',
      `return [${line('seq: request.seq, is: "settled", ended: []')}];`,
      /asked begin, it answered settled/,
    ],
    ['adds a field', `return [${line('seq: request.seq, is: "begun", mood: 1')}];`, /\$\.mood/],
    ['leaves out a field', `return [${line('seq: request.seq')}];`, /\$\.is/],
    ['sends a wrong type', `return [${line('seq: "1", is: "begun"')}];`, /\$\.seq/],
    ['cuts its answer short', 'process.stdout.write("{\\\\\\"seq\\\\\\":1"); process.exit(0);', /ended with code 0/],
  ];
  it.each(cases)('when it %s', (_, reply, message) => {
    expect(faultOf(target(reply)).message).toMatch(message);
  });

  it('when it hangs, for which a start has more time than an answer', () => {
    expect(faultOf(target('return [];'), [begin], 200).message).toMatch(/no answer to begin within 200 ms/);
    expect(faultOf(target(BEHAVES, 'return [];'), [begin], 200).message).toMatch(/no answer to hello within 5000 ms/);
  });

  it('when it cannot be started', () => {
    expect(faultOf('/nonexistent/program').message).toMatch(
      /could not be started: there is no program \/nonexistent\/program/,
    );
  });

  it('when it speaks another version', () => {
    const hello = 'return [JSON.stringify({ seq: request.seq, ...welcome, protocol: "target-protocol@2" })];';
    expect(faultOf(target(BEHAVES, hello)).message).toMatch(/target-protocol@2/);
  });

  it('when a byte of a line is flipped, since lines carry a checksum', () => {
    const hello = 'return [JSON.stringify({ seq: request.seq, ...welcome, checksum: "crc32" })];';
    const flipped =
      'const b = JSON.stringify({ seq: request.seq, is: "settled", ended: [] }).slice(0, -1); const s = zlib.crc32 ? zlib.crc32(b).toString(16).padStart(8, "0") : "00000000"; return [b.replace("settled", "settlee") + `,"sum":"${s}"}`];';
    expect(faultOf(target(flipped, hello), [settle]).message).toMatch(/checksum is wrong/);
    expect(faultOf(target(BEHAVES, hello), [settle]).message).toMatch(/without checksum/);
  });
});

describe('a line', () => {
  it('has the checksum of zip and gzip', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe('cbf43926');
  });

  it('comes back as it went, with any text', () => {
    const value = { seq: 1, is: 'errored', context: 'ä "sum":"00000000"} \n\u2028 \ud83d\ude00' };
    for (const checksum of ['crc32', 'none'] as const) {
      const line = toLine(value, checksum);
      expect(line).not.toContain('\n');
      expect(fromLine(line, checksum)).toEqual(value);
    }
  });

  it('is refused with any byte changed', () => {
    const line = toLine({ seq: 1, is: 'begun' }, 'crc32');
    for (let i = 0; i < line.length; i++) {
      const changed = line.slice(0, i) + String.fromCharCode(line.charCodeAt(i) ^ 1) + line.slice(i + 1);
      expect(() => fromLine(changed, 'crc32')).toThrow(LineError);
    }
  });
});

describe('a command', () => {
  it.each<[string, string[]]>([
    ['python3 adapter.py', ['python3', 'adapter.py']],
    ['  a   b  ', ['a', 'b']],
    [`"my program" 'an argument' ""`, ['my program', 'an argument', '']],
    ['a\\ b "c\\"d" \'e\\f\'', ['a b', 'c"d', 'e\\f']],
    ['a $HOME | b > c', ['a', '$HOME', '|', 'b', '>', 'c']],
  ])('%j is %j', (command, words) => {
    expect(wordsOf(command)).toEqual(words);
  });

  it.each(['', '   ', '"open'])('%j is refused', (command) => {
    expect(() => wordsOf(command)).toThrow(CommandError);
  });
});
