// plumbing: the process of one worker as the runner sees it — started, given tasks, ended
import { fork, type ChildProcess } from 'node:child_process';
import type { JobSpec } from './job.js';
import type { Answer, End, Task } from './pool.js';
import { HAS_GROUPS, killGroup } from './process-group.js';

/** To the process: the job, then tasks one at a time, in the end that there are no more; at any time that it is to stop at once. */
export type ToProcess = { readonly kind: 'job'; readonly spec: JobSpec } | Task | End | { readonly kind: 'stop' };

/** From the process: an answer, or that there will be none any more. */
export type FromProcess = Answer | { readonly kind: 'gone'; readonly reason: string };

/** Who is told what becomes of a task. */
interface Listener {
  answered(answer: Answer): void;
  /** The process does not work any more. May be said more than once. */
  gone(reason: string): void;
}

/** Milliseconds that a worker may take to end its targets. */
const CLOSE_MS = 3_000;

/** Milliseconds that a process may take to stop: it does nothing else, unless it is being loaded. */
const STOP_MS = 1_000;

/** A process that has a worker's thread in it. It does not keep this process alive, and does not outlive it. */
export class WorkerChild {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #isGone = false;

  constructor(spec: JobSpec, listener: Listener) {
    // A group of its own: when the process is killed, those that it has started can be found.
    this.#child = fork(new URL('./worker-process.js', import.meta.url), [], {
      serialization: 'advanced',
      // Standard output belongs to the reports.
      stdio: ['ignore', 2, 2, 'ipc'],
      // One helper of V8 is enough: more of them compete with the other workers for the processors.
      execArgv: ['--v8-pool-size=1', '--expose-gc', ...forWorkers(process.execArgv)],
      detached: HAS_GROUPS,
    });
    this.#exited = new Promise((resolve) => {
      const gone = (reason: string): void => {
        this.#isGone = true;
        listener.gone(reason);
        resolve();
      };
      this.#child.on('exit', (code, killer) => {
        if (code !== 0 && this.#child.pid !== undefined) killGroup(this.#child.pid);
        gone(killer === null ? `the worker exited with code ${code}` : `the worker was killed by ${killer}`);
      });
      this.#child.on('error', (error) => {
        if (this.#child.pid === undefined) gone(`the worker could not be started: ${error.message}`);
      });
    });
    this.#child.on('message', (message: FromProcess) => {
      if (message.kind === 'gone') listener.gone(message.reason);
      else listener.answered(message);
    });
    this.#child.unref();
    this.#child.channel?.unref();
    this.#tell({ kind: 'job', spec });
  }

  do(task: Task): void {
    this.#tell(task);
  }

  /** Tells it that there is no more to do, and waits until it has ended its targets and itself; not for long. */
  async end(): Promise<void> {
    this.#tell({ kind: 'end' });
    await this.#exit(CLOSE_MS);
    await this.stop();
  }

  /** Ends it and its targets, whatever it is at. */
  async stop(): Promise<void> {
    this.#tell({ kind: 'stop' });
    await this.#exit(STOP_MS);
    if (this.#isGone) return;
    if (this.#child.pid !== undefined) killGroup(this.#child.pid);
    await this.#exit(STOP_MS);
  }

  /** Waits for its end, at most so many milliseconds. */
  async #exit(limit: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, limit)));
    await Promise.race([this.#exited, late]);
    clearTimeout(timer);
  }

  #tell(message: ToProcess): void {
    // What cannot be sent to a process that has ended is no error: its end is told by itself.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
}

/** Options of Node that load code or say how it is loaded, with a value: an adapter module may need them. */
const LOADING = ['--import', '--require', '-r', '--loader', '--experimental-loader', '--conditions', '-C'];

/**
 * Those options of this process that its workers get, too. No others: a second debugger could not listen, a second profile would
 * overwrite the first, and a program on the command line (`-e`) would run instead of the worker.
 */
export function forWorkers(options: readonly string[]): string[] {
  return options.flatMap((option, i) => {
    if (LOADING.includes(option)) return [option, ...options.slice(i + 1, i + 2)];
    return LOADING.some((name) => name.startsWith('--') && option.startsWith(`${name}=`)) ? [option] : [];
  });
}
