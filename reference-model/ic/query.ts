// spec-shaped: query calls, composite ones with all that is below them — abstract-behavior.md#query-call

import type { EntryPoint } from '../../spec/vocabulary/entry-point.js';
import type { StimulusOutcome } from '../../spec/vocabulary/record.js';
import type { RejectCause } from '../../spec/profiles/reject-causes.js';
import type { Stimulus } from '../../spec/vocabulary/scenario.js';
import type { Principal } from '../../spec/vocabulary/brands.js';
import { MANAGEMENT_CANISTER } from '../../spec/vocabulary/ids.js';
import { liquidBalanceOf } from './charging.js';
import { discardPendingCall, type Env, type MethodCall, type Params } from './execution.js';
import { executionRecord } from './execution-record.js';
import { codeAfter, type Run, type Target } from './machine.js';
import type { MethodKind } from './module.js';
import { callerParams, codeOf, EMPTY_PARAMS, newExecution } from './new-execution.js';
import type { Canister, Code, Response } from './state.js';
import { encodeText, fromHex } from './text.js';
import { rejectFor, reported, type World } from './world.js';

/** Methods that a query call may name. */
type QueryKind = Exclude<MethodKind, 'canister_update'>;

type Query = Extract<Stimulus, { kind: 'query' }>;

/** The whole call graph used up its instructions. */
class GraphExhausted extends Error {}

/** Evaluates a query call. Nothing that it does is kept. */
export function evaluateQuery(w: World, query: Query): StimulusOutcome {
  const certificate = fromHex(query.certificate ?? w.profile.certificate);
  const graph: Graph = { root: query.canister, certificate, instructions: 0n };
  const params = { ...callerParams(query.sender, query.senderInfo), arg: fromHex(query.arg) };
  let response: Response;
  try {
    response = evaluate(w, graph, 0, query.canister, query.method, params);
  } catch (error) {
    if (!(error instanceof GraphExhausted)) throw error;
    response = rejectFor(w.profile, 'query-graph');
  }
  return { kind: 'responded', response: reported(response) };
}

/** Evaluates the transform function of an HTTP outcall: a query method, called by the management canister. */
export function evaluateTransform(w: World, request: Extract<Stimulus, { kind: 'transform' }>): StimulusOutcome {
  const found = findMethod(w, request.canister, request.method, ['canister_query']);
  if (typeof found === 'string') return { kind: 'responded', response: reported(rejectFor(w.profile, found)) };
  const { canister, kind } = found;
  const params = { ...EMPTY_PARAMS, arg: fromHex(request.arg) };
  const execution = newExecution(w, { entryPoint: 'canister_query transform', canister, params, needsToRespond: true });
  const target = { kind: 'export', name: `${kind} ${request.method}` } as const;
  const run = w.machine.run(execution, codeOf(canister), target, w.profile.limits.queryInstructions);
  w.log.executions.push(executionRecord(run, { method: request.method }));
  const response = run.outcome.kind === 'trapped' ? rejectFor(w.profile, 'trapped') : execution.response;
  return { kind: 'responded', response: reported(response ?? rejectFor(w.profile, 'did-not-respond')) };
}

/** The conditions under which a query runs, in their order. */
function findMethod(
  w: World,
  id: Principal,
  method: string,
  kinds: readonly QueryKind[],
): { canister: Canister; kind: QueryKind } | RejectCause {
  if (id === MANAGEMENT_CANISTER) return 'management-method';
  const canister = w.draft.canisters.get(id);
  if (canister === undefined) return 'no-such-canister';
  if (canister.code === undefined) return 'empty-canister';
  if (canister.status.kind !== 'running') return 'not-running';
  const kind = canister.code.module.methods.get(method);
  if (kind === undefined || kind === 'canister_update' || !kinds.includes(kind)) return 'no-such-method';
  if (liquidBalanceOf(w.profile, canister) < 0n) return 'frozen';
  return { canister, kind };
}

/** What all evaluations of one query call share. */
interface Graph {
  readonly root: Principal;
  readonly certificate: Uint8Array;
  /** Instructions of all executions so far. */
  instructions: bigint;
}

/** `composite_query_helper`: one query or composite query method, with its callbacks and all that they call. */
function evaluate(w: World, graph: Graph, depth: number, id: Principal, method: string, params: Params): Response {
  const found = findMethod(w, id, method, ['canister_query', 'canister_composite_query']);
  if (typeof found === 'string') return rejectFor(w.profile, found);
  const { canister, kind } = found;
  const evaluation = new Evaluation(w, graph, canister);
  const { limits } = w.profile;

  // the method
  const entryPoint: EntryPoint = id === graph.root ? kind : `${kind} below`;
  const env = id === graph.root ? { certificate: graph.certificate } : {};
  const target = { kind: 'export', name: `${kind} ${method}` } as const;
  const run = evaluation.run(entryPoint, target, params, limits.queryInstructions, env, method);
  if (run.outcome.kind === 'trapped') return rejectFor(w.profile, 'trapped');
  if (run.execution.response !== undefined) return run.execution.response;

  // its calls, one after the other, each with its callback
  for (let call = evaluation.nextCall(); call !== undefined; call = evaluation.nextCall()) {
    if (depth === limits.queryDepth) return rejectFor(w.profile, 'query-depth');
    const calleeParams = { ...callerParams(id, undefined), arg: call.arg.bytes() };
    const answer = evaluate(w, graph, depth + 1, call.callee, call.methodName, calleeParams);
    const callback = runCallback(evaluation, call, answer, params, limits);
    // a cleanup that returned is no trap: the evaluation goes on with what it left
    if (callback.outcome.kind === 'trapped') return rejectFor(w.profile, 'trapped');
    if (callback.execution.response !== undefined) return callback.execution.response;
  }
  return rejectFor(w.profile, 'did-not-respond');
}

/** `composite_callbacks`: runs the callback for an answer. When it trapped, its cleanup, if there is one, stands for it. */
function runCallback(
  evaluation: Evaluation,
  call: MethodCall,
  answer: Response,
  params: Params,
  limits: World['profile']['limits'],
): Run {
  const replied = answer.kind === 'reply';
  const callbackParams: Params = {
    ...params,
    ...(replied
      ? { arg: answer.data }
      : { arg: EMPTY_PARAMS.arg, rejectCode: answer.code, rejectMessage: encodeText(answer.message) }),
  };
  const { onReply, onReject, onCleanup } = call.callback;
  const target: Target = { kind: 'callback', closure: replied ? onReply : onReject };
  const entryPoint = replied ? 'composite reply callback' : 'composite reject callback';
  const run = evaluation.run(entryPoint, target, callbackParams, limits.callbackInstructions);
  if (run.outcome.kind === 'returned' || onCleanup === undefined) return run;
  const cleanup = replied ? 'composite cleanup callback after reply' : 'composite cleanup callback after reject';
  return evaluation.run(cleanup, { kind: 'callback', closure: onCleanup }, callbackParams, limits.cleanupInstructions);
}

/** One evaluation: the canister's code as it changes from execution to execution, and the calls that are left. */
class Evaluation {
  #code: Code;
  #calls: MethodCall[] = [];
  #instructions = 0n;

  constructor(
    private readonly w: World,
    private readonly graph: Graph,
    private readonly canister: Canister,
  ) {
    this.#code = codeOf(canister);
  }

  /** The next call to evaluate. */
  nextCall(): MethodCall | undefined {
    return this.#calls.shift();
  }

  /** Runs an entry point; when it returns, its writes are there for the next one. @throws GraphExhausted */
  run(
    entryPoint: EntryPoint,
    target: Target,
    params: Params,
    limit: bigint,
    env: Partial<Env> = {},
    method?: string,
  ): Run {
    const { w, graph, canister } = this;
    const execution = newExecution(w, {
      entryPoint,
      canister,
      code: this.#code,
      params,
      env,
      // an evaluation ends with its response
      needsToRespond: true,
      instructionsBefore: this.#instructions,
      callsUnderWay: (callee) => this.#calls.filter((call) => call.callee === callee).length,
    });
    const run = w.machine.run(execution, this.#code, target, limit);
    this.#instructions += run.instructions;
    graph.instructions += run.instructions;
    w.log.executions.push(executionRecord(run, method === undefined ? {} : { method }));
    if (run.outcome.kind === 'returned') {
      discardPendingCall(execution);
      this.#calls = [...execution.calls, ...this.#calls];
      // what it wrote is there for its callbacks; without one to come nobody will see it
      if (execution.response === undefined && this.#calls.length > 0) this.#code = codeAfter(run);
    }
    if (graph.instructions > w.profile.limits.queryGraphInstructions) throw new GraphExhausted();
    return run;
  }
}
