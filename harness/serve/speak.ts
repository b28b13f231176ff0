// plumbing: a Target behind target-protocol@1 on standard input and output — what an adapter in TypeScript needs to be a program
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { FormatError } from '../../reports/schemas/codec.js';
import { fromLine, LineError, toLine } from '../protocol/line.js';
import { CHECKSUMS, PROTOCOL, request, type ChecksumKind } from '../protocol/messages.js';
import type { Target } from '../target.js';
import { answerOf, said, type GivenAnswer } from '../targets/module/answers.js';
import { jsonOf } from '../targets/module/host.js';

/** Answers requests, one JSON object a line, until the input ends. */
export async function speak(
  target: Target,
  input: Readable = process.stdin,
  output: Writable = process.stdout,
): Promise<void> {
  let checksum: ChecksumKind = 'none';
  for await (const line of createInterface({ input })) {
    const { given, next } = await answered(target, line, checksum);
    // The answer to hello is sent as hello came; the checksum that it names holds from the next line on.
    const more = output.write(`${toLine(jsonOf(given), checksum)}\n`);
    if (!more) await once(output, 'drain');
    checksum = next;
  }
  await target.close?.();
}

async function answered(
  target: Target,
  line: string,
  checksum: ChecksumKind,
): Promise<{ readonly given: GivenAnswer; readonly next: ChecksumKind }> {
  try {
    const asked = request.decode(fromLine(line, checksum), '$');
    const next = asked.do === 'hello' ? (asked.checksums.find((kind) => CHECKSUMS.includes(kind)) ?? 'none') : checksum;
    return { given: await answerOf(target, asked, PROTOCOL, next), next };
  } catch (error) {
    if (!(error instanceof LineError || error instanceof FormatError)) throw error;
    const context = `not a request: ${said(error)}`;
    return { given: { seq: 0, is: 'errored', kind: 'crash', context }, next: checksum };
  }
}
