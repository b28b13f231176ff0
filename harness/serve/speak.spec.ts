// plumbing: tests of targets in TypeScript that speak the protocol, with the adapter of examples/
import { PassThrough } from 'node:stream';
import makeTarget from '../../examples/adapters/executor.js';
import { nanoseconds } from '../../spec/vocabulary/brands.js';
import { canisterId } from '../../spec/vocabulary/ids.js';
import { fromLine, toLine } from '../protocol/line.js';
import { answer, PROTOCOL, request, type Answer, type ChecksumKind, type Request } from '../protocol/messages.js';
import { TargetSkip, type Target } from '../target.js';
import { speak } from './speak.js';

/** What the target answers to lines; the checksum is that of the conversation from the second line on. */
async function conversation(target: Target, lines: readonly string[], checksum: ChecksumKind): Promise<Answer[]> {
  const input = new PassThrough();
  const output = new PassThrough();
  for (const line of lines) input.write(`${line}\n`);
  input.end();
  await speak(target, input, output);
  output.end();
  const text = (await output.toArray()).join('');
  return text.trimEnd().split('\n').map((line, i) => answer.decode(fromLine(line, i === 0 ? 'none' : checksum), '$')); // prettier-ignore
}

const hello = (checksums: readonly ChecksumKind[]) =>
  toLine(request.encode({ seq: 0, do: 'hello', protocol: PROTOCOL, checksums }), 'none');
const asked = (question: object, checksum: ChecksumKind = 'none') =>
  toLine(request.encode({ seq: 1, ...question } as Request), checksum);
const status = { do: 'status', canister: canisterId(0) };

describe('a target in TypeScript', () => {
  it('says hello, and protects every line after it with the checksum that it chose', async () => {
    const begin = { do: 'begin', profile: 'conformance', time: nanoseconds(1n), modules: [] };
    const lines = [hello(['crc32', 'none']), asked(begin, 'crc32'), asked(status, 'crc32')];
    const answers = await conversation(makeTarget(), lines, 'crc32');
    expect(answers).toMatchObject([
      { is: 'welcome', checksum: 'crc32', target: { name: 'executor behind an adapter' } },
      { is: 'begun' },
      { is: 'status', status: { exists: false } },
    ]);
  });

  it('answers errored to a line that is no request, and goes on', async () => {
    const lines = [hello(['none']), 'hello?', '{"seq":1,"do":"dance"}', asked({ do: 'settle' })];
    const answers = await conversation(makeTarget(), lines, 'none');
    expect(answers.slice(1)).toMatchObject([
      { is: 'errored', context: expect.stringMatching(/not a request/) as string },
      { is: 'errored', context: expect.stringMatching(/not a request/) as string },
      { seq: 1, is: 'errored', context: expect.stringMatching(/asked before begin/) as string },
    ]);
  });

  it('skips what it throws TargetSkip for', async () => {
    const begin = { do: 'begin', profile: 'unheard of', time: nanoseconds(1n), modules: [] };
    const [, answered] = await conversation(makeTarget(), [hello(['none']), asked(begin)], 'none');
    expect(answered).toEqual({ seq: 1, is: 'skipped', reason: 'there is no profile unheard of here' });
    expect(() => makeTarget().begin(begin as never)).toThrow(TargetSkip);
  });
});
