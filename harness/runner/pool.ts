// plumbing: workers that do tasks — dynamic hand-out, deaths and hangs turned into answers
import type { Aggregate } from './aggregate.js';
import type { JobSpec } from './job.js';
import type { Finding, Minimized, Replay } from './investigate.js';
import type { Processes } from '../targets/stdio/processes.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import type { CaseFile } from '../types.js';
import { WorkerChild } from './worker-child.js';

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

/** What the thread of a worker finds in its `workerData`. */
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

/**
 * Evaluations after which the process of a worker is replaced. The V8 of Node 20 keeps 40 bytes of each type of each module until the
 * process ends, 2.3 KB a case: this bounds them to 46 MB a worker. A new process costs seconds of processor time, because V8 is cold.
 */
const RENEW_AFTER = 20_000;

const CLOSED: Lost = { kind: 'lost', reason: 'the pool was closed' };

/** A worker that is at work, or waits for work. */
class Hand {
  #child: WorkerChild | undefined;
  #settle: ((answer: Answer) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Evaluations that the process was asked for. */
  #evaluations = 0;
  /** The process before has ended: two at once could be in each other's way where a target can run only once. */
  #before: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(
    private readonly spec: JobSpec,
    private readonly timeout: number,
    private readonly renewAfter: number,
  ) {}

  async do(task: Task): Promise<Answer> {
    await this.#before;
    if (this.#isClosed) return CLOSED;
    return new Promise((resolve) => {
      this.#settle = resolve;
      const count = evaluations(task);
      this.#evaluations += count;
      const limit = Math.min(this.timeout * count, LONGEST_TIMER_MS);
      // While it runs, this process waits for the answer.
      this.#timer = setTimeout(() => this.#lose(`no answer within ${this.timeout} ms a case`), limit);
      try {
        this.#started().do(task);
      } catch (error) {
        this.#lose(`the worker could not be started: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
  }

  /** One that is at work is ended at once; one that waits may end its targets first. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const isIdle = this.#settle === undefined;
    this.#dismiss((child) => (isIdle ? child.end() : child.stop()));
    this.#finish(CLOSED);
    await this.#before;
  }

  #started(): WorkerChild {
    if (this.#child !== undefined) return this.#child;
    // What a process says that was dismissed, such as an answer that came too late, is not of this task.
    const child: WorkerChild = new WorkerChild(this.spec, {
      answered: (answer) => {
        if (child === this.#child) this.#answered(answer);
      },
      gone: (reason) => {
        if (child === this.#child) this.#lose(reason);
      },
    });
    this.#child = child;
    return child;
  }

  #answered(answer: Answer): void {
    if (this.#evaluations >= this.renewAfter) this.#dismiss((child) => child.end());
    this.#finish(answer);
  }

  /** The next task gets a new process. */
  #dismiss(end: (child: WorkerChild) => Promise<void>): void {
    if (this.#child === undefined) return;
    this.#before = end(this.#child);
    this.#child = undefined;
    this.#evaluations = 0;
  }

  #finish(answer: Answer): void {
    clearTimeout(this.#timer);
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(answer);
  }

  #lose(reason: string): void {
    this.#dismiss((child) => child.stop());
    this.#finish({ kind: 'lost', reason });
  }
}

/** Workers, each in a process of its own. They run from the build: a worker cannot load TypeScript. */
export class WorkerPool implements Pool {
  readonly #hands: Hand[];
  readonly #idle: Hand[];
  readonly #waiting: ((hand: Hand) => void)[] = [];
  #closed = false;

  /**
   * @param timeout milliseconds that a case may take at most
   * @param renewAfter evaluations after which a worker gets a new process
   */
  constructor(
    spec: JobSpec,
    readonly size: number,
    timeout: number,
    renewAfter = RENEW_AFTER,
  ) {
    this.#hands = Array.from({ length: size }, () => new Hand(spec, timeout, renewAfter));
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
