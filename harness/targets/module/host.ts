// plumbing: a thread that owns an adapter module, so that it may be asynchronous, may hang, and can do no harm to the suite
import { pathToFileURL } from 'node:url';
import type { Json } from '../../../reports/schemas/json.js';
import { answer, PROTOCOL, type Answer, type Request } from '../../protocol/messages.js';
import type { Target, TargetFactory } from '../../target.js';
import { programOf, type FromTarget, type Link, type LinkData, type ToTarget } from '../stdio/link.js';
import { answerOf, flawOf, placed, said, thrown } from './answers.js';

interface HostData extends LinkData {
  readonly url: string;
  readonly protocol: string;
}

/** The whole thread. Nothing outside may be named but the functions that `programOf` is given. */
async function host(): Promise<void> {
  const { workerData } = await import('node:worker_threads');
  const { url, protocol, port, signal } = workerData as HostData;
  const counter = new Int32Array(signal);
  const tell = (message: FromTarget): void => {
    port.postMessage(message);
    Atomics.add(counter, 0, 1);
    Atomics.notify(counter, 0);
  };
  // Standard output belongs to the reports.
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;

  // A module may end its thread, or bring it down: who waits for an answer is told.
  let why = '';
  process.on('uncaughtExceptionMonitor', (error) => {
    why = `: ${said(error)}`;
  });
  process.on('exit', (code) => {
    tell({ gone: `ended its thread with code ${code}${why}` });
  });

  /** The target, or why there is none. */
  const loaded = async (): Promise<Target | string> => {
    let exports: { readonly default?: unknown };
    try {
      exports = (await import(url)) as { readonly default?: unknown };
    } catch (error) {
      return `could not be loaded: ${placed(error)}`;
    }
    if (typeof exports.default !== 'function') {
      const names = Object.keys(exports).join(', ');
      return `has no default export that is a function; it exports ${names === '' ? 'nothing' : names}. Write: export default () => ({ name, version, capabilities, begin, submit, settle, status })`;
    }
    let target: unknown;
    try {
      target = await (exports.default as TargetFactory)();
    } catch (error) {
      return `could not start its target: ${placed(error)}`;
    }
    const flaw = flawOf(target);
    return flaw === undefined ? (target as Target) : `is no adapter: ${flaw}. docs/target-protocol.md says what one is`;
  };

  const target = await loaded();
  if (typeof target === 'string') {
    tell({ gone: target });
    port.close();
    return;
  }
  port.on('message', (message: ToTarget) => {
    if ('end' in message) {
      const end = (): void => process.exit(0);
      Promise.resolve(target.close?.()).then(end, end);
      return;
    }
    const asked = message.ask as Request;
    void answerOf(target, asked, protocol, 'none').then((given) => {
      try {
        tell({ said: given });
      } catch (error) {
        // What cannot be sent between threads, such as a function.
        tell({ said: thrown(asked.seq, error) });
      }
    });
  });
}

/** A value as JSON has it: amounts as decimal text, what is undefined left out. */
export function jsonOf(value: unknown): Json {
  const text = JSON.stringify(value, (_, field: unknown) => (typeof field === 'bigint' ? field.toString() : field)) as
    string | undefined;
  return text === undefined ? null : (JSON.parse(text) as Json);
}

/**
 * A module that default-exports a TargetFactory.
 * @param name as faults name it
 * @param file path of the module
 */
export function moduleLink(name: string, file: string): Link {
  return {
    name,
    program: programOf(host, answerOf, thrown, said, placed, flawOf),
    data: { url: pathToFileURL(file).href, protocol: PROTOCOL },
    write: (asked: Request) => asked,
    read: (given): Answer => answer.decode(jsonOf(given), '$'),
  };
}
