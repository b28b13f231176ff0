// plumbing: what the smoke test asks a target, step by step, and what it makes of the answers
import { hex, nanoseconds, type Hex, type Nanoseconds, type Principal } from '../../spec/vocabulary/brands.js';
import { userId } from '../../spec/vocabulary/ids.js';
import type { Response, StimulusOutcome } from '../../spec/vocabulary/record.js';
import type { Choice, InstallMode, Stimulus } from '../../spec/vocabulary/scenario.js';
import type { Answer, AnswerOf } from '../protocol/messages.js';
import { choiceByPolicy } from '../scheduler/choices.js';
import { DEFAULT_POLICY } from '../scheduler/policy.js';
import type { CanisterStatus, View } from '../target.js';
import type { Answerer, Question } from '../targets/stdio/channel.js';

/** Something is not wired up. The message says what was asked, what was expected and what came. */
export class SmokeProblem extends Error {
  override readonly name = 'SmokeProblem';
  constructor(
    message: string,
    /** What to do, where that is not what the check says. */
    readonly advice?: string,
  ) {
    super(message);
  }
}

/** The time that every check begins with, in nanoseconds. */
export const BEGIN: Nanoseconds = nanoseconds(1_700_000_000_000_000_000n);
const CYCLES = 100_000_000_000_000n;
const USER = userId(0);

/** One user who has one canister. */
export class Conversation {
  #enabled: readonly Choice[] = [];
  #ended = new Map<number, Response>();

  constructor(
    private readonly target: Answerer,
    private readonly records: boolean,
  ) {}

  begin(modules: readonly Uint8Array[]): void {
    const { enabled, ledger } = this.ask({ do: 'begin', profile: 'conformance', time: BEGIN, modules }, 'begun');
    this.#ended = new Map();
    if (this.records && (enabled === undefined || ledger === undefined)) {
      throw new SmokeProblem('begun shows neither choices nor ledger, and the target says that it has records');
    }
    this.#enabled = enabled ?? [];
  }

  /** Makes a canister. */
  create(): Principal {
    const stimulus = {
      kind: 'create',
      sender: USER,
      cycles: CYCLES as never,
      reservedCycles: 0n as never,
      settings: {},
    } as const;
    const { canister, outcome } = this.#submitted(stimulus);
    this.#settle();
    require('create', outcome.kind, 'done');
    if (canister === undefined) throw new SmokeProblem('create was answered without the id of the canister');
    return canister;
  }

  /** A management call, which must be answered with a reply. */
  manage(stimulus: Stimulus): void {
    const outcome = this.outcome(stimulus);
    if (outcome.kind !== 'responded') throw new SmokeProblem(`${stimulus.kind} ended with ${outcome.kind}`);
    replyOf(stimulus.kind, outcome.response);
  }

  install(canister: Principal, module: number, mode: InstallMode = 'install'): void {
    this.manage({ kind: 'install', canister, sender: USER, mode, module, arg: hex('') });
  }

  /** The reply to an update call. */
  update(canister: Principal, method: string, arg: Hex = hex('')): Hex {
    return replyOf(method, this.#response({ kind: 'ingress', canister, method, arg, sender: USER }));
  }

  query(canister: Principal, method: string, arg: Hex = hex('')): Hex {
    const outcome = this.outcome({ kind: 'query', canister, method, arg, sender: USER });
    if (outcome.kind !== 'responded') throw new SmokeProblem(`a query of ${method} ended with ${outcome.kind}`);
    return replyOf(method, outcome.response);
  }

  /** The letters that the entry points of the canister have written. */
  diary(canister: Principal): string {
    return Buffer.from(this.query(canister, 'diary'), 'hex').toString('latin1');
  }

  /** How a stimulus ends, with everything done that it causes. */
  outcome(stimulus: Stimulus): StimulusOutcome {
    const { outcome } = this.#submitted(stimulus);
    this.#settle();
    return outcome;
  }

  /** The reply to an update call that the target was asked to go on with by one message only, and then to the end. */
  updateInParts(canister: Principal, method: string): Hex {
    const { outcome } = this.#submitted({ kind: 'ingress', canister, method, arg: hex(''), sender: USER });
    if (outcome.kind !== 'accepted') throw new SmokeProblem(`${method} ended with ${outcome.kind}`);
    this.#note(this.ask({ do: 'settle', atMost: 1 }, 'settled').ended);
    this.#settle();
    const response = this.#ended.get(outcome.request);
    if (response === undefined) throw new SmokeProblem(`${method} is request ${outcome.request}, which never ended`);
    return replyOf(method, response);
  }

  status(canister: Principal): CanisterStatus {
    return this.ask({ do: 'status', canister }, 'status').status;
  }

  stop(canister: Principal): void {
    replyOf('stop', this.#response({ kind: 'stop', canister, sender: USER }));
  }

  /** @throws SmokeProblem for any other answer */
  ask<K extends Answer['is']>(question: Question, is: K): AnswerOf<K> {
    const answer = this.target.ask(question);
    if (answer.is === is) return answer as AnswerOf<K>;
    const asked = question.do === 'submit' ? `submit ${question.stimulus.kind}` : question.do;
    if (answer.is === 'skipped')
      throw new SmokeProblem(
        `${asked} was skipped (${answer.reason}), yet it is claimed`,
        'Carry it out, or claim less. A run counts what is skipped, so that a target which does a part can be judged all the same.',
      );
    const more = answer.is === 'errored' ? `: ${answer.context}` : '';
    throw new SmokeProblem(`${asked} was answered with ${answer.is}${more}`);
  }

  #submitted(stimulus: Stimulus): AnswerOf<'submitted'> {
    const answer = this.ask({ do: 'submit', stimulus }, 'submitted');
    if (this.records) this.#see('submitted', answer.view);
    return answer;
  }

  #see(what: string, view: View | undefined): void {
    if (view === undefined) throw new SmokeProblem(`${what} shows no view, and the target says that it has records`);
    this.#enabled = view.enabled;
    this.#note(view.transition.ended);
  }

  #note(ended: AnswerOf<'settled'>['ended']): void {
    for (const { request, response } of ended) this.#ended.set(request, response);
  }

  #settle(): void {
    if (!this.records) {
      this.#note(this.ask({ do: 'settle' }, 'settled').ended);
      return;
    }
    for (let taken = 0; taken < DEFAULT_POLICY.transitionsPerStep; taken++) {
      const choice = choiceByPolicy(DEFAULT_POLICY, this.#enabled);
      if (choice === undefined) return;
      this.#see('taken', this.ask({ do: 'take', choice }, 'taken').view);
    }
  }

  #response(stimulus: Stimulus): Response {
    const outcome = this.outcome(stimulus);
    if (outcome.kind === 'responded') return outcome.response;
    if (outcome.kind !== 'accepted') throw new SmokeProblem(`${stimulus.kind} ended with ${outcome.kind}`);
    const response = this.#ended.get(outcome.request);
    if (response === undefined) {
      throw new SmokeProblem(`${stimulus.kind} was accepted as request ${outcome.request}, which never ended`);
    }
    return response;
  }
}

/** @throws SmokeProblem */
export function require(what: string, actual: string, expected: string): void {
  if (actual !== expected) throw new SmokeProblem(`${what}: expected ${expected}, found ${actual}`);
}

function replyOf(what: string, response: Response): Hex {
  if (response.kind === 'reply') return response.data;
  throw new SmokeProblem(`${what} was rejected with code ${response.code} (${response.message})`);
}
