// plumbing: what is at the other end of a channel — a thread that owns the target, and the form in which it is spoken to
import type { MessagePort } from 'node:worker_threads';
import type { Answer, ChecksumKind, Request } from '../../protocol/messages.js';
import type { Processes } from './processes.js';

/** What the thread of a link finds in its `workerData`. */
export interface LinkData {
  readonly port: MessagePort;
  /** One counter: how many messages were posted. Who waits for a message waits for it to change. */
  readonly signal: SharedArrayBuffer;
  /** Where the id of a process that the thread starts is to be written, and -1 when it has ended. */
  readonly process: Processes;
}

/** From the thread: something that the target said, or that it will say nothing more. */
export type FromTarget = { readonly said: unknown } | { readonly gone: string };
/** To the thread: a request, or that the run is over. */
export type ToTarget = { readonly ask: unknown } | { readonly end: true };

/** A way to reach a target. */
export interface Link {
  /** As faults name the target: what --target takes. */
  readonly name: string;
  /** Text of the thread's program: a worker cannot load TypeScript in tests, so it may name nothing outside itself. */
  readonly program: string;
  /** What the program finds in its `workerData` beside LinkData. */
  readonly data: object;
  write(request: Request, checksum: ChecksumKind): unknown;
  /** @throws LineError, FormatError for anything that is not an answer */
  read(said: unknown, checksum: ChecksumKind): Answer;
}

/** A function whose text is used: any, since it is never called. */
type Helper = (...args: never[]) => unknown;

/**
 * The text of a function as a program.
 * @param helpers named functions that it calls
 */
export function programOf(thread: () => Promise<void>, ...helpers: readonly Helper[]): string {
  // Runners that compile while loading (esbuild) put calls of a helper `__name` into the text.
  return `const __name = (f) => f; ${helpers.map(String).join(' ')} (${thread.toString()})();`;
}
