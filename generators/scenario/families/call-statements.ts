// plumbing: how canisters make calls — canister-interface.md#system-api-call
import { bytesOf } from '../../../spec/vocabulary/brands.js';
import type { Statement } from '../../../spec/vocabulary/program.js';
import { LAYOUT } from '../../canister/builder.js';
import {
  constant,
  ENV,
  indexOf,
  load,
  operation,
  resultOf,
  store,
  systemCall,
  variable,
} from '../../canister/expressions.js';
import type { Scope } from '../scope.js';
import type { Stage, StagedCanister } from '../stage.js';
import { callNew } from '../system-calls.js';
import { halves } from './cycle-statements.js';
import { respond, update } from './story.js';

/** A method that makes calls of which the responses come in any order, and remembers in which they came; `bounded`: percent of the calls that wait with bound. */
export function fanOut(stage: Stage, canister: StagedCanister, count: number, bounded = 40): string {
  const { module } = canister;
  const at = LAYOUT.cells + 0x80;
  const remember = (mark: number): Statement[] => [
    // A history: what was there, times 31, plus who came.
    store(at, operation('add', operation('mul', load(at, 8), constant(31)), operation('add', ENV, constant(mark)))),
    systemCall('canister_version'),
  ];
  const k = stage.next();
  const reply = module.program.callback(`history reply ${k}`, remember(1));
  const reject = module.program.callback(`history reject ${k}`, [...remember(100), systemCall('msg_reject_code')]);
  const name = `fan out ${k}`;
  update(canister, name, (s) => {
    const calls = Array.from({ length: count }, (_, i): Statement[] => {
      const peer = s.draw.pick(s.peers);
      return [
        callNew(s, {
          callee: bytesOf(peer.canister),
          method: s.draw.pick([peer.replies, peer.rejects, peer.query, 'missing']),
          reply: indexOf(reply),
          reject: indexOf(reject),
          env: BigInt(i),
        }),
        ...(s.draw.chance(bounded)
          ? [systemCall('call_with_best_effort_response', constant(s.draw.pick([0, 1, 10, 1000])))]
          : []),
        ...(s.draw.chance(40)
          ? [systemCall('call_cycles_add128', constant(0), constant(s.draw.int(1, 1_000_000)))]
          : []),
        systemCall('call_perform'),
      ];
    });
    return [...calls.flat(), ...(s.draw.chance(50) ? [respond()] : [])];
  });
  return name;
}

/** A call, and what becomes of its response: names of callbacks. */
interface Call {
  readonly callee: StagedCanister;
  readonly method: string;
  readonly reply: string;
  readonly reject?: string;
  readonly env?: bigint;
  readonly cycles?: bigint;
  /** Seconds; absent: an unbounded wait. */
  readonly timeout?: number;
  readonly cleanup?: string | undefined;
}

/** A call from call_new to call_perform. Without `reject` the reply callback takes rejects, too; `timeout` is in seconds. */
export function call(s: Scope, { callee, method, reply, reject = reply, env = 1n, ...more }: Call): Statement[] {
  const attached = more.cycles ?? 0n;
  return [
    callNew(s, { callee: bytesOf(callee.id), method, reply: indexOf(reply), reject: indexOf(reject), env }),
    ...(more.cleanup === undefined ? [] : [systemCall('call_on_cleanup', indexOf(more.cleanup), constant(env + 1n))]),
    ...(more.timeout === undefined ? [] : [systemCall('call_with_best_effort_response', constant(more.timeout))]),
    ...(attached === 0n ? [] : [systemCall('call_cycles_add128', ...halves(attached))]),
    systemCall('call_perform'),
  ];
}

/** What else a callback can tell of the call that it belongs to. */
export function whose(s: Scope): Statement[] {
  const size = s.fresh();
  return [
    ...['msg_caller_info_data_size', 'msg_caller_info_signer_size', 'msg_deadline', 'time'].map((name) =>
      systemCall(name),
    ),
    resultOf('msg_caller_size', size),
    systemCall('msg_caller_copy', constant(LAYOUT.scratch), constant(0), variable(size)),
  ];
}
