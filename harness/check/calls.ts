// plumbing: counts what became of the calls to the canisters under check, so that one sees whether a run got anywhere
import type { CALL_COLUMNS } from '../../reports/canisters.js';
import type { CallFigures, ReportCanister } from '../../reports/report.js';
import { oneLine } from '../../reports/words.js';
import { canisterId, type RequestId } from '../../spec/vocabulary/ids.js';
import type { Response, TransitionRecord } from '../../spec/vocabulary/record.js';
import { REJECT_CODES } from '../../spec/reject-codes.js';
import type { ObservedTransition } from '../types.js';
import type { CheckPlan, PlannedCanister } from './plan.js';

/** What a canister says when it traps can be long. */
const LONGEST_TEXT = 160;

/** What happened to each canister of the plan in case k: how its installations and the calls from outside to its methods ended. */
export function countCalls(
  { canisters }: CheckPlan,
  k: number,
  observed: readonly ObservedTransition[],
): Readonly<Record<string, ReportCanister>> {
  const tallies = canisters.map((canister) => new CanisterTally(k, canister));
  const of = new Map(tallies.map((tally, i) => [canisterId(i), tally]));
  const waiting = new Map<RequestId, Call>();
  for (const { actual, outcome } of observed) {
    const { cause } = actual;
    const call =
      cause.kind === 'ingress' || cause.kind === 'query'
        ? of.get(cause.canister)?.method(cause.method)
        : cause.kind === 'install'
          ? of.get(cause.canister)?.install(cause.mode)
          : undefined;
    const result = outcome?.actual;
    if (call !== undefined) {
      call.made();
      if (result?.kind === 'accepted') waiting.set(result.request, call);
      if (result?.kind === 'refused') call.refused();
      if (result?.kind === 'responded') call.answered(result.response, actual);
    }
    for (const { request, response } of actual.ended) waiting.get(request)?.answered(response, actual);
  }
  return Object.fromEntries(tallies.map(({ name, figures }) => [name, figures]));
}

class CanisterTally {
  readonly #installs = new Map<string, Call>();
  readonly #methods: ReadonlyMap<string, Call>;
  readonly name: string;

  constructor(
    private readonly k: number,
    private readonly canister: PlannedCanister,
  ) {
    this.name = canister.name;
    this.#methods = new Map(canister.methods.map((method) => [method, new Call(k)]));
  }

  install(mode: string): Call {
    const call = this.#installs.get(mode) ?? new Call(this.k);
    this.#installs.set(mode, call);
    return call;
  }

  method(name: string): Call | undefined {
    return this.#methods.get(name);
  }

  get figures(): ReportCanister {
    const figures = (calls: ReadonlyMap<string, Call>) =>
      Object.fromEntries([...calls].map(([name, call]) => [name, call.figures]));
    return { typed: this.canister.typed, installs: figures(this.#installs), methods: figures(this.#methods) };
  }
}

/** Calls of one kind. */
class Call {
  figures: CallFigures = { calls: 0, replied: 0, rejected: 0, trapped: 0, refused: 0 };

  constructor(private readonly k: number) {}

  made(): void {
    this.#add('calls');
  }

  refused(): void {
    this.#add('refused');
  }

  /** @param record the transition in which the answer came */
  answered(response: Response, record: TransitionRecord): void {
    if (response.kind === 'reply') this.#add('replied');
    else if (response.code === REJECT_CODES.CANISTER_REJECT) this.#add('rejected');
    else this.#failed(response.code === REJECT_CODES.CANISTER_ERROR ? trapText(record) : undefined);
  }

  /** @param text what trapped; undefined: nothing did, so nothing was run, or what ran did not answer */
  #failed(text: string | undefined): void {
    this.#add(text === undefined ? 'refused' : 'trapped');
    if (text === undefined) return;
    const { figures, k } = this;
    if (figures.trap === undefined) this.figures = { ...figures, trap: { firstCase: k, text: cut(text) } };
  }

  #add(column: (typeof CALL_COLUMNS)[number]): void {
    this.figures = { ...this.figures, [column]: this.figures[column] + 1 };
  }
}

/** Kind of the first trap, with what the canister or the system said of it: what an engine says of others depends on its host. */
function trapText({ executions }: TransitionRecord): string | undefined {
  for (const { entryPoint, outcome } of executions) {
    if (outcome.kind === 'returned') continue;
    const { trap, detail } = outcome;
    if (trap === 'explicit') return `${entryPoint} trapped: ${detail ?? ''}`;
    return `${entryPoint} trapped (${trap})`;
  }
  return undefined;
}

function cut(text: string): string {
  const line = oneLine(text);
  const characters = [...line];
  return characters.length <= LONGEST_TEXT ? line : `${characters.slice(0, LONGEST_TEXT).join('')}…`;
}
