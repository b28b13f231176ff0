// plumbing: the loop that reads requests from standard input and writes answers to standard output
import { readSync, writeSync } from 'node:fs';
import { FormatError } from '../../reports/schemas/codec.js';
import { isJsonObject, type Json } from '../../reports/schemas/json.js';
import { fromLine, LineError, toLine } from '../protocol/line.js';
import { answer, request, type Answer } from '../protocol/messages.js';
import type { Server } from './server.js';

const CHUNK_BYTES = 1 << 16;

/** Lines of a file descriptor, read with blocking calls: nothing else happens in this thread. */
function* linesOf(fd: number): Generator<string> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let parts: Buffer[] = [];
  for (;;) {
    const bytes = read(fd, chunk);
    if (bytes === 0) return;
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0 && end < bytes; end = chunk.indexOf(10, start)) {
      parts.push(Buffer.from(chunk.subarray(start, end)));
      yield Buffer.concat(parts).toString('utf8');
      parts = [];
      start = end + 1;
    }
    parts.push(Buffer.from(chunk.subarray(start, bytes)));
  }
}

/** Waits where the descriptor is not a blocking one. */
function read(fd: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(fd, chunk);
    } catch (error) {
      const code = (error as { readonly code?: unknown }).code;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

function write(fd: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

/** Serves until the input ends. */
export function serveStdio(server: Server, input = 0, output = 1): void {
  for (const line of linesOf(input)) {
    const checksum = server.checksum;
    const given = answerTo(server, line);
    // The answer to hello is sent as hello came; the checksum that it names holds from the next line on.
    write(output, toLine(answer.encode(given), checksum) + '\n');
  }
}

function answerTo(server: Server, line: string): Answer {
  let json: Json = null;
  try {
    json = fromLine(line, server.checksum);
    return server.answer(request.decode(json, '$'));
  } catch (error) {
    if (!(error instanceof LineError || error instanceof FormatError)) throw error;
    const seq = isJsonObject(json) && typeof json['seq'] === 'number' ? json['seq'] : 0;
    return { seq, is: 'errored', kind: 'crash', context: `not a request: ${error.message}` };
  }
}
