// plumbing: questions to a target in another thread or process, answered or not before time is up
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { FormatError } from '../../../reports/schemas/codec.js';
import { LineError } from '../../protocol/line.js';
import {
  CHECKSUMS,
  PROTOCOL,
  type Answer,
  type AnswerOf,
  type ChecksumKind,
  type Request,
} from '../../protocol/messages.js';
import { STACK_MB } from '../../stack.js';
import { TargetFault } from '../../target.js';
import { now } from '../../timing.js';
import type { FromTarget, Link, LinkData, ToTarget } from './link.js';
import { killAll, processCell, type Processes } from './processes.js';

/** A request without its number. */
export type Question = { [K in Request['do']]: Omit<Extract<Request, { readonly do: K }>, 'seq'> }[Request['do']];

/** Milliseconds that a target may take to start and to say hello. */
const START_MS = 30_000;

/** The same where --step-timeout is shorter: programs start more slowly than they answer. */
const SHORT_START_MS = 5_000;

/** Milliseconds that every further answer may take, unless --step-timeout says otherwise. */
export const ANSWER_MS = 10_000;

/** Milliseconds that a target may take to end. */
const CLOSE_MS = 2_000;

/** Whoever answers questions. */
export interface Answerer {
  /** @throws TargetFault */
  ask(question: Question): Answer;
}

/** A target that runs. */
interface Running {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly counter: Int32Array;
  /** Holds the id of its process, where it has one. */
  readonly cell: Processes;
  readonly welcome: AnswerOf<'welcome'>;
}

/** Ends a target that does not behave. */
function kill({ worker, port, cell }: Running): void {
  killAll(cell);
  port.close();
  void worker.terminate();
}

/**
 * One instance of the target at a time. It is started with the first question and again after a fault. Not asynchronous: a question
 * holds the thread until the answer is there.
 */
export class Channel implements Answerer {
  #running: Running | undefined;
  #seq = 0;
  #checksum: ChecksumKind = 'none';

  /** @param timeout milliseconds that an answer may take */
  constructor(
    private readonly link: Link,
    private readonly timeout?: number,
  ) {}

  /** What the target said of itself. Starts it where it does not run. @throws TargetFault */
  get welcome(): AnswerOf<'welcome'> {
    return (this.#running ?? this.#start()).welcome;
  }

  /**
   * Asks, and waits for the answer.
   * @throws TargetFault when the target dies, hangs, or does not answer as the protocol says; it is killed then
   */
  ask(question: Question): Answer {
    const running = this.#running ?? this.#start();
    const given = this.#exchange(running, question, this.timeout ?? ANSWER_MS);
    if (given.is === 'welcome') return this.#fault('it said hello a second time');
    return given;
  }

  /** Ends the target: tells it that the run is over, and does not wait for long. */
  async close(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    if (running === undefined) return;
    const ended = new Promise<void>((resolve) => running.worker.once('exit', () => resolve()));
    running.port.postMessage({ end: true } satisfies ToTarget);
    const timer = setTimeout(() => kill(running), CLOSE_MS);
    running.worker.ref();
    await ended;
    clearTimeout(timer);
    killAll(running.cell);
    running.port.close();
  }

  #start(): Running {
    const { port1, port2 } = new MessageChannel();
    const signal = new SharedArrayBuffer(4);
    const cell = processCell();
    const workerData = { ...this.link.data, port: port2, signal, process: cell } satisfies LinkData;
    const worker = new Worker(this.link.program, {
      eval: true,
      workerData,
      transferList: [port2],
      resourceLimits: { stackSizeMb: STACK_MB },
    });
    worker.unref();
    port1.unref();
    // A thread that fails says so itself, as far as it can.
    worker.on('error', () => undefined);
    const process = { worker, port: port1, counter: new Int32Array(signal), cell };
    this.#seq = 0;
    this.#checksum = 'none';
    this.#running = { ...process, welcome: NO_WELCOME };
    const hello: Question = { do: 'hello', protocol: PROTOCOL, checksums: CHECKSUMS };
    const welcome = this.#exchange(this.#running, hello, startTime(this.timeout));
    if (welcome.is !== 'welcome') return this.#fault(`it did not say hello: ${shown(welcome)}`);
    if (welcome.protocol !== PROTOCOL) return this.#fault(`it speaks ${welcome.protocol}, not ${PROTOCOL}`);
    this.#checksum = welcome.checksum;
    this.#running = { ...process, welcome };
    return this.#running;
  }

  #exchange(running: Running, question: Question, timeout: number): Answer {
    const seq = this.#seq++;
    const ask = this.link.write({ ...question, seq } as Request, this.#checksum);
    running.port.postMessage({ ask } satisfies ToTarget);
    const given = this.#read(this.#said(running, question, timeout));
    if (given.seq !== seq) return this.#fault(`asked ${seq}, it answered ${given.seq}`);
    if (!ANSWERS[question.do].includes(given.is)) return this.#fault(`asked ${question.do}, it answered ${given.is}`);
    return given;
  }

  #said({ port, counter }: Running, question: Question, timeout: number): unknown {
    const deadline = now() + timeout;
    for (;;) {
      const seen = Atomics.load(counter, 0);
      const message = receiveMessageOnPort(port)?.message as FromTarget | undefined;
      if (message !== undefined && 'said' in message) return message.said;
      if (message !== undefined) return this.#fault(`it ${message.gone}`);
      const left = deadline - now();
      if (left <= 0) return this.#fault(`no answer to ${question.do} within ${timeout} ms`);
      Atomics.wait(counter, 0, seen, left);
    }
  }

  #read(said: unknown): Answer {
    try {
      return this.link.read(said, this.#checksum);
    } catch (error) {
      if (error instanceof LineError || error instanceof FormatError)
        return this.#fault(`it sent nonsense: ${error.message}`);
      throw error;
    }
  }

  #fault(what: string): never {
    const running = this.#running;
    this.#running = undefined;
    if (running !== undefined) kill(running);
    throw new TargetFault(`target ${this.link.name}: ${what}`, this.link.name);
  }
}

/** Milliseconds that the answer to hello may take. */
function startTime(timeout: number | undefined): number {
  return timeout === undefined ? START_MS : Math.max(timeout, SHORT_START_MS);
}

/** Stands in until the handshake is done. */
const NO_WELCOME: AnswerOf<'welcome'> = {
  seq: 0,
  is: 'welcome',
  protocol: '',
  target: { name: '', version: '' },
  capabilities: {
    records: false,
    balances: false,
    time: false,
    reorders: false,
    widths: [],
    stimuli: [],
    entryPoints: [],
  },
  checksum: 'none',
};

/** Which answers a question may have. */
const ANSWERS: Readonly<Record<Request['do'], readonly Answer['is'][]>> = {
  hello: ['welcome', 'errored'],
  begin: ['begun', 'skipped', 'errored'],
  submit: ['submitted', 'skipped', 'errored'],
  take: ['taken', 'skipped', 'errored'],
  settle: ['settled', 'skipped', 'errored'],
  status: ['status', 'skipped', 'errored'],
  digest: ['digest', 'skipped', 'errored'],
};

function shown(given: Answer): string {
  return given.is === 'errored' || given.is === 'skipped'
    ? `${given.is} (${given.is === 'errored' ? given.context : given.reason})`
    : given.is;
}
