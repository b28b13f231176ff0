// spec-shaped: query calls, composite ones with their calls and callbacks — abstract-behavior.md#query-call
import { NO_BLOB, blobOf, principalBytes } from './blob.js';
import type { RejectCause } from '../spec/profiles/reject-causes.js';
import { type Principal } from '../spec/vocabulary/brands.js';
import type { EntryPoint } from '../spec/vocabulary/entry-point.js';
import { MANAGEMENT_CANISTER } from '../spec/vocabulary/ids.js';
import type { Response, StimulusOutcome } from '../spec/vocabulary/record.js';
import type { Stimulus } from '../spec/vocabulary/scenario.js';
import {
  NO_INFO,
  type Execution,
  type ExecutionInput,
  type ExecutionResponse,
  type PerformedCall,
} from './execution.js';
import type { CanisterInstance, Run } from './instance.js';
import { applyDelta, takeDelta, type Delta } from './memory/delta.js';
import { rejection, type Machine } from './machine.js';
import type { Blob, CallerInfo, Canister, Closure } from './state.js';
import { responseInput } from './transitions/callback-invocation.js';
import { executeMessage, responseOf, type Finished } from './transitions/message-execution.js';
import { callerInfo } from './transitions/submission.js';

/** Thrown when the instructions of the whole query call are used up: it ends at once. */
class QueryGraphExhausted extends Error {}

/** What one query call shares between all its evaluations. */
interface QueryCall {
  readonly machine: Machine;
  readonly root: Principal;
  /** Present at the target of the query call only. */
  readonly certificate: Blob | undefined;
  /** Reported instructions of all executions so far. */
  instructions: bigint;
}

/** One method to evaluate. */
interface Target {
  readonly canister: Principal;
  readonly method: string;
  readonly arg: Blob;
  readonly caller: Blob;
  readonly info: CallerInfo;
  /** Number of calls above it. */
  readonly depth: number;
  /** Whether the canister is the target of the query call, itself called from below or not. */
  readonly atRoot: boolean;
  readonly transform: boolean;
}

function entryPointOf(composite: boolean, { atRoot, transform }: Target): EntryPoint {
  if (transform) return 'canister_query transform';
  if (composite) return atRoot ? 'canister_composite_query' : 'canister_composite_query below';
  return atRoot ? 'canister_query' : 'canister_query below';
}

/** How an execution of an evaluation ended; after a trap there are no calls and no response. */
export interface Executed {
  readonly finished: Finished;
  readonly calls: readonly PerformedCall[];
  readonly response: ExecutionResponse | undefined;
}

/** The evaluation of one method with its callbacks: the specification's composite_query_helper. */
class Evaluation {
  private readonly query: QueryCall;
  private readonly target: Target;
  private readonly canister: Canister;
  private readonly instance: CanisterInstance;
  /** State that the method and its callbacks have left so far, as a difference to the committed one. */
  private state: Delta | undefined;
  private instructions = 0n;
  private readonly underWay = new Map<Principal, number>();

  constructor(query: QueryCall, target: Target, canister: Canister, instance: CanisterInstance) {
    this.query = query;
    this.target = target;
    this.canister = canister;
    this.instance = instance;
  }

  private reject(cause: RejectCause): Response {
    return rejection(this.query.machine, cause);
  }

  /** Runs code on the state so far. What returned leaves its state, its calls and its response. */
  private execute(
    entryPoint: EntryPoint,
    input: Partial<ExecutionInput>,
    run: (execution: Execution) => Run,
    composite: boolean,
  ): Executed {
    const { query, canister, instance, target } = this;
    const { profile } = query.machine.options;
    let calls: PerformedCall[] = [];
    let response: ExecutionResponse | undefined;
    const finished = executeMessage(query.machine, {
      input: {
        entryPoint,
        canister,
        instance,
        caller: target.caller,
        info: target.info,
        limit: profile.limits.queryInstructions,
        earlier: this.instructions,
        evaluation: composite ? this.underWay : undefined,
        ...input,
      },
      run: (execution) => {
        if (this.state !== undefined) applyDelta(instance, canister.stable, this.state);
        return run(execution);
      },
      keep: 'nothing',
      inspect: (execution) => {
        calls = [...execution.calls];
        response = execution.response;
        if (composite && response === undefined) this.state = takeDelta(instance, canister.stable);
      },
    });
    this.instructions += finished.instructions;
    query.instructions += finished.instructions;
    if (query.instructions > profile.limits.queryGraphInstructions) throw new QueryGraphExhausted();
    return { finished, calls, response };
  }

  /** The method itself, then its calls. */
  evaluate(index: number, composite: boolean): Response {
    const { target, instance } = this;
    const { finished, calls, response } = this.execute(
      entryPointOf(composite, target),
      {
        arg: target.arg,
        method: target.method,
        certificate: target.atRoot ? this.query.certificate : undefined,
        mayRespond: true,
      },
      (execution) => instance.run(index, execution),
      composite,
    );
    if (finished.trap !== undefined) return this.reject('trapped');
    if (response !== undefined) return responseOf(response);
    return this.makeCalls(calls);
  }

  private count(callee: Principal, by: 1 | -1): void {
    this.underWay.set(callee, (this.underWay.get(callee) ?? 0) + by);
  }

  /** Evaluates the calls in order; those that a callback makes go first. */
  private makeCalls(first: readonly PerformedCall[]): Response {
    const { query, target, canister } = this;
    const calls = [...first];
    for (const { callee } of calls) this.count(callee, 1);
    for (;;) {
      const call = calls.shift();
      if (call === undefined) return this.reject('did-not-respond');
      if (target.depth === query.machine.options.profile.limits.queryDepth) return this.reject('query-depth');
      const answer = evaluate(query, {
        canister: call.callee,
        method: call.method,
        arg: Buffer.concat(call.arg),
        caller: canister.idBytes,
        info: NO_INFO,
        depth: target.depth + 1,
        atRoot: call.callee === query.root,
        transform: false,
      });
      this.count(call.callee, -1);
      const { finished, calls: made, response } = this.callback(call, answer);
      if (finished.trap !== undefined) return this.reject('trapped');
      if (response !== undefined) return responseOf(response);
      for (const { callee } of made) this.count(callee, 1);
      calls.unshift(...made);
    }
  }

  /** A callback, and its cleanup if it trapped. */
  private callback(call: PerformedCall, answer: Response): Executed {
    const { options, assembly } = this.query.machine;
    const { limits } = options.profile;
    const replied = answer.kind === 'reply';
    const { arg, rejectCode, rejectMessage } = responseInput(answer);
    const input = (mayRespond: boolean, limit: bigint) => ({ arg, rejectCode, rejectMessage, mayRespond, limit });
    const run = (closure: Closure) => (execution: Execution) => this.instance.callback(closure, execution);
    const executed = this.execute(
      replied ? 'composite reply callback' : 'composite reject callback',
      input(true, limits.callbackInstructions),
      run(replied ? call.onReply : call.onReject),
      true,
    );
    if (executed.finished.trap === undefined) return executed;
    const cleanup = assembly.cleanupOf(call);
    if (cleanup === undefined) return executed;
    const { finished } = this.execute(
      replied ? 'composite cleanup callback after reply' : 'composite cleanup callback after reject',
      input(false, limits.cleanupInstructions),
      run(cleanup),
      true,
    );
    return assembly.afterCompositeCleanup(executed, finished);
  }
}

/** The conditions under which a method can be queried; each replaceable. */
export interface QueryChecks {
  readonly running: (canister: Canister) => boolean;
  readonly notFrozen: (machine: Machine, canister: Canister) => boolean;
}

export const standardQueryChecks: QueryChecks = {
  running: ({ status }) => status === 'running',
  notFrozen: ({ fees }, canister) => fees.liquid(canister) >= 0n,
};

/** Evaluates a query or composite query method of any canister. */
function evaluate(query: QueryCall, target: Target): Response {
  const { machine } = query;
  const { queryChecks } = machine.assembly;
  if (target.canister === MANAGEMENT_CANISTER) return rejection(machine, 'management-method');
  const canister = machine.subnet.canisters.get(target.canister);
  if (canister === undefined) return rejection(machine, 'no-such-canister');
  const { instance } = canister;
  if (instance === undefined) return rejection(machine, 'empty-canister');
  if (!queryChecks.running(canister)) return rejection(machine, 'not-running');
  const method = instance.compiled.canister.methods.get(target.method);
  const composite = method?.kind === 'composite_query';
  if (method === undefined || method.kind === 'update' || (composite && target.transform)) {
    return rejection(machine, 'no-such-method');
  }
  if (!queryChecks.notFrozen(machine, canister)) return rejection(machine, 'frozen');
  return new Evaluation(query, target, canister, instance).evaluate(method.function, composite);
}

function outcome(machine: Machine, target: Target, certificate: Blob | undefined): StimulusOutcome {
  const root = { machine, root: target.canister, certificate, instructions: 0n };
  try {
    return { kind: 'responded', response: evaluate(root, target) };
  } catch (error) {
    if (error instanceof QueryGraphExhausted) return { kind: 'responded', response: rejection(machine, 'query-graph') };
    throw error;
  }
}

/** A query call from outside. */
export function query(machine: Machine, stimulus: Extract<Stimulus, { kind: 'query' }>): StimulusOutcome {
  const target: Target = {
    canister: stimulus.canister,
    method: stimulus.method,
    arg: blobOf(stimulus.arg),
    caller: principalBytes(stimulus.sender),
    info: callerInfo(stimulus.senderInfo),
    depth: 0,
    atRoot: true,
    transform: false,
  };
  return outcome(machine, target, blobOf(stimulus.certificate ?? machine.options.profile.certificate));
}

/** The transform function of an HTTP outcall. */
export function transform(machine: Machine, stimulus: Extract<Stimulus, { kind: 'transform' }>): StimulusOutcome {
  const target: Target = {
    canister: stimulus.canister,
    method: stimulus.method,
    arg: blobOf(stimulus.arg),
    caller: NO_BLOB,
    info: NO_INFO,
    depth: 0,
    atRoot: true,
    transform: true,
  };
  return outcome(machine, target, undefined);
}
