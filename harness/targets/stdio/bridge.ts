// plumbing: a thread that owns the process of a target, so that the thread that judges can wait for its answers
import { fromLine, toLine } from '../../protocol/line.js';
import { answer, request } from '../../protocol/messages.js';
import { wordsOf } from './command.js';
import { programOf, type FromTarget, type Link, type LinkData, type ToTarget } from './link.js';

interface BridgeData extends LinkData {
  readonly file: string;
  readonly args: readonly string[];
}

/** The whole thread. Nothing outside may be named. */
async function bridge(): Promise<void> {
  const { workerData } = await import('node:worker_threads');
  const { spawn } = await import('node:child_process');
  const { file, args, port, signal, process: cell } = workerData as BridgeData;
  const longestLine = 1 << 28;
  const graceMs = 1_000;
  const counter = new Int32Array(signal);
  const tell = (message: FromTarget) => {
    port.postMessage(message);
    Atomics.add(counter, 0, 1);
    Atomics.notify(counter, 0);
  };

  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], shell: false });
  Atomics.store(cell, 0, child.pid ?? -1);
  // What a target says on standard error is no fault; the end of it helps to understand one.
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2_000);
  });
  let rest: string[] = [];
  let length = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    // A long line comes in many pieces: they are put together once, at its end.
    const [first = '', ...others] = text.split('\n');
    rest.push(first);
    length += first.length;
    for (const next of others) {
      tell({ said: rest.join('') });
      rest = [next];
      length = next.length;
    }
    if (length > longestLine) child.kill('SIGKILL');
  });
  let reason = '';
  child.on('error', (error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? `there is no program ${file} here or in PATH` : error.message;
    reason = `could not be started: ${why}`;
    if (child.pid === undefined) tell({ gone: reason });
  });
  child.on('exit', () => Atomics.compareExchange(cell, 0, child.pid ?? -1, -1));
  child.on('close', (code, killer) => {
    const end = reason || `ended with ${killer === null ? `code ${code}` : killer}`;
    tell({ gone: end + (said.trim() === '' ? '' : `; on standard error: ${said.trim()}`) });
    port.close();
  });
  // A write to a process that has ended fails; its end is told above.
  child.stdin.on('error', () => undefined);
  port.on('message', (message: ToTarget) => {
    if ('ask' in message) {
      child.stdin.write(`${String(message.ask)}\n`);
      return;
    }
    // The end of its input is the sign for a target to end.
    child.stdin.end();
    setTimeout(() => child.kill('SIGKILL'), graceMs).unref();
  });
}

/**
 * A process that speaks lines of JSON on its standard input and output.
 * @param command of `stdio:COMMAND`
 * @throws CommandError
 */
export function processLink(command: string): Link {
  const [file, ...args] = wordsOf(command);
  return {
    name: `stdio:${command}`,
    program: programOf(bridge),
    data: { file, args },
    write: (asked, checksum) => toLine(request.encode(asked), checksum),
    read: (said, checksum) => answer.decode(fromLine(String(said), checksum), '$'),
  };
}
