// plumbing: questions to a target over standard input and output, answered or not before time is up
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { FormatError } from '../../../reports/schemas/codec.js';
import { fromLine, LineError, toLine } from '../../protocol/line.js';
import { answer, CHECKSUMS, PROTOCOL, request, type Answer, type AnswerOf, type ChecksumKind, type Request } from '../../protocol/messages.js'; // prettier-ignore
import { TargetFault } from '../../target.js';
import { now } from '../../timing.js';
import { BRIDGE_PROGRAM, type BridgeData, type FromBridge, type ToBridge } from './bridge.js';
import { wordsOf } from './command.js';

/** A request without its number. */
export type Question = { [K in Request['do']]: Omit<Extract<Request, { readonly do: K }>, 'seq'> }[Request['do']];

/** Milliseconds that a target may take to start and to say hello, at least. */
const START_MS = 30_000;

/** Whoever answers questions. */
export interface Answerer {
  /** @throws TargetFault */
  ask(question: Question): Answer;
}

/** A process that runs. */
interface Running {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly counter: Int32Array;
  readonly welcome: AnswerOf<'welcome'>;
}

/**
 * One process of the target at a time. It is started with the first question and again after a fault. Not asynchronous: a question
 * holds the thread until the answer is there.
 */
export class Channel implements Answerer {
  #running: Running | undefined;
  #seq = 0;
  #checksum: ChecksumKind = 'none';
  readonly #words: readonly [string, ...string[]];

  /**
   * @param command of `stdio:COMMAND`
   * @param timeout milliseconds that an answer may take
   * @throws CommandError
   */
  constructor(
    command: string,
    private readonly timeout: number,
  ) {
    this.#words = wordsOf(command);
  }

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
    const given = this.#exchange(running, question, this.timeout);
    if (given.is === 'welcome') return this.#fault('it said hello a second time');
    return given;
  }

  /** Ends the process. */
  close(): void {
    const running = this.#running;
    this.#running = undefined;
    if (running === undefined) return;
    running.port.postMessage({ kill: true } satisfies ToBridge);
    running.port.close();
  }

  #start(): Running {
    const [file, ...args] = this.#words;
    const { port1, port2 } = new MessageChannel();
    const signal = new SharedArrayBuffer(4);
    const workerData: BridgeData = { file, args, port: port2, signal };
    const worker = new Worker(BRIDGE_PROGRAM, { eval: true, workerData, transferList: [port2] });
    worker.unref();
    port1.unref();
    const process = { worker, port: port1, counter: new Int32Array(signal) };
    this.#seq = 0;
    this.#checksum = 'none';
    this.#running = { ...process, welcome: NO_WELCOME };
    const hello: Question = { do: 'hello', protocol: PROTOCOL, checksums: CHECKSUMS };
    const welcome = this.#exchange(this.#running, hello, Math.max(this.timeout, START_MS));
    if (welcome.is !== 'welcome') return this.#fault(`it did not say hello: ${shown(welcome)}`);
    if (welcome.protocol !== PROTOCOL) return this.#fault(`it speaks ${welcome.protocol}, not ${PROTOCOL}`);
    this.#checksum = welcome.checksum;
    this.#running = { ...process, welcome };
    return this.#running;
  }

  #exchange(running: Running, question: Question, timeout: number): Answer {
    const seq = this.#seq++;
    const line = toLine(request.encode({ ...question, seq } as Request), this.#checksum);
    running.port.postMessage({ line } satisfies ToBridge);
    const given = this.#decoded(this.#line(running, question, timeout));
    if (given.seq !== seq) return this.#fault(`asked ${seq}, it answered ${given.seq}`);
    if (!ANSWERS[question.do].includes(given.is)) return this.#fault(`asked ${question.do}, it answered ${given.is}`);
    return given;
  }

  #line({ port, counter }: Running, question: Question, timeout: number): string {
    const deadline = now() + timeout;
    for (;;) {
      const seen = Atomics.load(counter, 0);
      const message = receiveMessageOnPort(port)?.message as FromBridge | undefined;
      if (message !== undefined && 'line' in message) return message.line;
      if (message !== undefined) return this.#fault(`it ${message.gone}`);
      const left = deadline - now();
      if (left <= 0) return this.#fault(`no answer to ${question.do} within ${timeout} ms`);
      Atomics.wait(counter, 0, seen, left);
    }
  }

  #decoded(line: string): Answer {
    try {
      return answer.decode(fromLine(line, this.#checksum), '$');
    } catch (error) {
      if (error instanceof LineError || error instanceof FormatError)
        return this.#fault(`it sent nonsense: ${error.message}`);
      throw error;
    }
  }

  #fault(what: string): never {
    this.close();
    throw new TargetFault(`target ${this.#words[0]}: ${what}`);
  }
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
