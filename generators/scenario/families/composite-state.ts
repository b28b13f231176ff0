// plumbing: what composite queries leave to their callbacks — growth, pages of zeroes, dropped segments — canister-interface.md#system-api-call
import { bytesOf } from '../../../spec/vocabulary/brands.js';
import type { Statement } from '../../../spec/vocabulary/program.js';
import { LAYOUT } from '../../canister/builder.js';
import {
  constant,
  indexOf,
  load,
  MEMORY_BYTES,
  resultOf,
  systemCall,
  variable,
  when,
} from '../../canister/expressions.js';
import { STANDARD_METHODS, tellLog } from '../canister.js';
import type { Scope } from '../scope.js';
import type { Stage, StagedCanister } from '../stage.js';
import { callNew } from '../system-calls.js';
import { ENVS } from '../values.js';
import { composite, respond, update } from './story.js';

/** A call that a composite query makes. */
interface Asked {
  /** Absent: any canister of the scenario. */
  readonly callee?: StagedCanister;
  readonly method: string;
  readonly reply: string;
  readonly reject?: string;
  readonly cleanup?: string;
  /** What happens when the call could not be made. */
  readonly refused?: readonly Statement[];
}

/** Makes the call; its callbacks get one of the usual environments. */
export function ask(s: Scope, { callee, method, reply, reject = reply, cleanup, refused }: Asked): Statement[] {
  const env = s.draw.pick(ENVS);
  return [
    callNew(s, {
      callee: bytesOf(callee?.id ?? s.draw.pick(s.peers).canister),
      method,
      reply: indexOf(reply),
      reject: indexOf(reject),
      env,
    }),
    ...(cleanup === undefined ? [] : [systemCall('call_on_cleanup', indexOf(cleanup), constant(env))]),
    ...(refused === undefined
      ? [systemCall('call_perform')]
      : [resultOf('call_perform', 0), when(variable(0), refused)]),
  ];
}

/** Growth alone, without a byte that is written, is state as well. */
export function growsOnly(stage: Stage, canister: StagedCanister): void {
  const { program } = canister.module;
  const size = program.callback('tells its size', [{ kind: 'log', value: MEMORY_BYTES }, tellLog(), respond()]);
  composite(canister, 'grow only', (s) => [
    { kind: 'memory.grow', pages: constant(1) },
    callNew(s, {
      callee: bytesOf(canister.id),
      method: STANDARD_METHODS.query,
      reply: indexOf(size),
      reject: indexOf(size),
    }),
    { kind: 'system call', name: 'call_perform', args: [] },
  ]);
  stage.query(canister.id, 'grow only');
}

/** A page that nothing else uses, beyond the log. */
const PAGE = { at: 0xd000, bytes: 0x1000 } as const;

/** A page full of zeroes is no page that was never written: what a method leaves of it, its callback finds. */
export function zeroesAPage(stage: Stage, canister: StagedCanister): void {
  const { program } = canister.module;
  const filled = (byte: number): Statement => {
    return { kind: 'memory.fill', address: constant(PAGE.at), byte: constant(byte), size: constant(PAGE.bytes) };
  };
  const there = { kind: 'log', value: load(PAGE.at + 8, 8) } as const;
  const later = program.callback('finds zeroes', [there, filled(0x6b), tellLog(), respond()]);
  composite(canister, 'zero a page', (s) => [
    there,
    filled(0),
    ...ask(s, { callee: canister, method: STANDARD_METHODS.query, reply: later }),
  ]);
  update(canister, 'fill a page', () => [there, filled(0x5a), respond()]);
  update(canister, 'zero it for good', () => [there, filled(0), respond()]);
  for (const method of ['fill a page', 'zero it for good', 'fill a page']) {
    stage.ingress(canister.id, method);
    stage.query(canister.id, 'zero a page');
  }
}

/** A segment that a method dropped has nothing for its callback; the next evaluation has it again. */
export function dropsASegment(stage: Stage, canister: StagedCanister): void {
  const { program } = canister.module;
  const segment = program.passiveData(Uint8Array.of(1, 2, 3, 4));
  const copied: Statement = {
    kind: 'memory.init',
    segment,
    to: constant(LAYOUT.scratch),
    from: constant(0),
    size: constant(4),
  };
  const later = program.callback('copies the segment', [copied, tellLog(), respond()]);
  composite(canister, 'drop a segment', (s) => [
    copied,
    { kind: 'data.drop', segment },
    ...ask(s, { callee: canister, method: STANDARD_METHODS.query, reply: later }),
  ]);
  for (let i = 0; i < 2; i++) stage.query(canister.id, 'drop a segment');
}
