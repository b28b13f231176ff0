// plumbing: workers that do tasks — dynamic hand-out, deaths and hangs turned into answers
import { Worker } from 'node:worker_threads';
import { STACK_MB } from '../stack.js';
import type { Aggregate } from './aggregate.js';
import type { JobSpec } from './job.js';
import type { Finding, Minimized, Replay } from './investigate.js';
import { killAll, newProcesses, type Processes } from '../targets/stdio/processes.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import type { CaseFile } from '../types.js';

/** What a worker is asked to do. */
export type Task =
  | { readonly kind: 'cases'; readonly cases: readonly number[] }
  | { readonly kind: 'investigate'; readonly k: number; readonly budget: number }
  /** Run a case from a file, and tell its story. */
  | { readonly kind: 'replay'; readonly id: string; readonly case: CaseFile }
  /** Reduce a case that passes, and keep it. */
  | { readonly kind: 'keep'; readonly k: number; readonly clauses: readonly ClauseId[]; readonly budget: number }
  | { readonly kind: 'minimize'; readonly case: CaseFile; readonly budget: number }
  /** Keep a case without running it. */
  | { readonly kind: 'save'; readonly k: number };

/** Evaluations that the reducer may spend on one finding. */
export const REDUCTION_BUDGET = 600;

/** The task could not be done: an error was thrown, the worker died or did not answer in time. */
export interface Lost {
  readonly kind: 'lost';
  readonly reason: string;
}

export type Answer =
  | { readonly kind: 'cases'; readonly aggregate: Aggregate }
  | { readonly kind: 'investigate'; readonly finding: Finding }
  | { readonly kind: 'replay'; readonly replay: Replay }
  | { readonly kind: 'keep'; readonly id: string }
  | { readonly kind: 'minimize'; readonly minimized: Minimized }
  /** The command that runs the case. */
  | { readonly kind: 'save'; readonly replay: string }
  | Lost;

/** The answer to a task: of the same kind, or lost. */
export type AnswerTo<T extends Task> = Extract<Answer, { readonly kind: T['kind'] }> | Lost;

/** What a worker finds in its `workerData`. */
export interface WorkerData {
  readonly spec: JobSpec;
  /** Where it says which processes of targets it runs. */
  readonly processes: Processes;
}

/** There are no more tasks. */
export interface End {
  readonly kind: 'end';
}

/** Who does the tasks of a job. */
export interface Pool {
  readonly size: number;
  do<T extends Task>(task: T): Promise<AnswerTo<T>>;
  close(): Promise<void>;
}

const HEAP_MB = 3072;
/** A case makes much that is gone when it ends: a large nursery spares copying it. */
const NURSERY_MB = 96;

/** How many cases a task runs at most. */
function evaluations(task: Task): number {
  switch (task.kind) {
    case 'cases':
      return task.cases.length;
    case 'investigate':
    case 'keep':
    case 'minimize':
      return 2 + task.budget;
    case 'replay':
    case 'save':
      return 2;
  }
}

/** A timer of Node that is set for longer goes off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Milliseconds that a worker may take to end its targets. */
const CLOSE_MS = 3_000;

const CLOSED: Lost = { kind: 'lost', reason: 'the pool was closed' };

/** A worker that is at work, or waits for work. */
class Hand {
  #worker: Worker | undefined;
  #settle: ((answer: Answer) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #processes = newProcesses();

  constructor(
    private readonly spec: JobSpec,
    private readonly timeout: number,
  ) {}

  do(task: Task): Promise<Answer> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      const count = evaluations(task);
      const limit = Math.min(this.timeout * count, LONGEST_TIMER_MS);
      this.#timer = setTimeout(() => this.#lose(`no answer within ${this.timeout} ms a case`), limit);
      this.#started().postMessage(task);
    });
  }

  /** One that is at work is ended at once; one that waits may end its targets first. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    const isIdle = this.#settle === undefined;
    this.#finish(CLOSED);
    if (worker !== undefined && isIdle) await ended(worker);
    killAll(this.#processes);
    await worker?.terminate();
  }

  #started(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL('./worker.js', import.meta.url), {
      workerData: { spec: this.spec, processes: this.#processes } satisfies WorkerData,
      resourceLimits: { stackSizeMb: STACK_MB, maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: NURSERY_MB },
    });
    worker.on('message', (answer: Answer) => {
      this.#finish(answer);
    });
    worker.on('error', (error) => {
      if (worker === this.#worker) this.#lose(`the worker died: ${error.message}`);
    });
    worker.on('exit', (code) => {
      if (worker === this.#worker) this.#lose(`the worker exited with code ${code}`);
    });
    this.#worker = worker;
    return worker;
  }

  #finish(answer: Answer): void {
    clearTimeout(this.#timer);
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(answer);
  }

  #lose(reason: string): void {
    const worker = this.#worker;
    this.#worker = undefined;
    killAll(this.#processes);
    void worker?.terminate();
    this.#finish({ kind: 'lost', reason });
  }
}

async function ended(worker: Worker): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const exit = new Promise((resolve) => worker.once('exit', resolve));
  const late = new Promise((resolve) => (timer = setTimeout(resolve, CLOSE_MS)));
  worker.postMessage({ kind: 'end' } satisfies End);
  await Promise.race([exit, late]);
  clearTimeout(timer);
}

/** Worker threads. They run from the build: a worker cannot load TypeScript. */
export class WorkerPool implements Pool {
  readonly #hands: Hand[];
  readonly #idle: Hand[];
  readonly #waiting: ((hand: Hand) => void)[] = [];
  #closed = false;

  /** @param timeout milliseconds that a case may take at most */
  constructor(
    spec: JobSpec,
    readonly size: number,
    timeout: number,
  ) {
    this.#hands = Array.from({ length: size }, () => new Hand(spec, timeout));
    this.#idle = [...this.#hands];
  }

  async do<T extends Task>(task: T): Promise<AnswerTo<T>> {
    if (this.#closed) return CLOSED;
    const hand = this.#idle.pop() ?? (await new Promise<Hand>((resolve) => this.#waiting.push(resolve)));
    try {
      if (this.#isClosed()) return CLOSED;
      // A worker answers in kind.
      return (await hand.do(task)) as AnswerTo<T>;
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(hand);
      else next(hand);
    }
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  /** Ends all workers; what they were asked is lost. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#hands.map((hand) => hand.close()));
  }
}
