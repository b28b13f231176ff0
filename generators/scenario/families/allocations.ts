// plumbing: stories about canisters whose freezing limit comes from what is allocated to them, and that have little beside it — abstract-behavior.md#rule-message-execution
import { hex } from '../../../spec/vocabulary/brands.js';
import type { Statement } from '../../../spec/vocabulary/program.js';
import type { Settings } from '../../../spec/vocabulary/scenario.js';
import { systemCall, constant } from '../../canister/expressions.js';
import { STANDARD_METHODS } from '../canister.js';
import { comfortable, shapeOf } from '../mission-scenario.js';
import type { Scope } from '../scope.js';
import { deposit, install, pick, setting } from '../steps.js';
import { PAGE } from '../values.js';
import { accept, callWith, halves, look, messagePrice, profileOf, slot } from './cycle-statements.js';
import { call } from './call-statements.js';
import { add, composite, happens, query, respond, type Stories, type Teller, update } from './story.js';

const BALANCE = 10n ** 12n;
/** As much as a canister may have in reserve where its settings say nothing of it. */
const MOST_RESERVED = 5n * 10n ** 12n;
/** Bytes that are allocated: enough that what is used counts for little, and that a second costs little of what a message does. */
const ALLOCATED = 1n << 27n;
/** Pages. */
const TWICE_ALLOCATED = (2n * ALLOCATED) / PAGE;

/** Settings of which the freezing limit leaves so many cycles of the balance, and what is in reserve. */
function leaving({ stage, draw }: Teller, left: bigint): { settings: Settings; reserved: bigint } {
  const { fees } = profileOf(stage);
  const memory = (ALLOCATED * fees.gibibyteSecond) / (1n << 30n);
  // What is in reserve pays for the limit first.
  const reserved = draw.pick([0n, 0n, 10n ** 9n, MOST_RESERVED]);
  const threshold = (perSecond: bigint) => (BALANCE + reserved - left) / perSecond;
  return draw.pick([
    { settings: { memoryAllocation: ALLOCATED, freezingThreshold: threshold(memory) }, reserved },
    { settings: { memoryAllocation: ALLOCATED, freezingThreshold: threshold(memory) }, reserved },
    { settings: { computeAllocation: 1n, freezingThreshold: threshold(fees.computePercentSecond) }, reserved },
  ]);
}

/** All that asks what is left: calls and cycles attached to them, what burns, in an update, a task, a callback, a composite query. */
function decides(teller: Teller, amount: bigint): void {
  const { stage, draw, swarm, width } = teller;
  const price = messagePrice(profileOf(stage), width);
  const { settings, reserved } = leaving(teller, amount);
  // Little memory is left for the hook, if that is where it ends.
  const hooked = draw.chance(40) ? { wasmMemoryLimit: 64n * PAGE, wasmMemoryThreshold: 64n * PAGE } : {};
  const canister = stage.canister(shapeOf(draw, swarm, width), BALANCE, hooked, reserved);
  const other = stage.canister(shapeOf(draw, swarm, draw.pick(['i32', 'i64'])), comfortable(draw, swarm));
  const { id, module } = canister;
  const { replies, rejects } = STANDARD_METHODS;
  // The last one is there, but it is not liquid.
  const some = () => draw.pick([amount - price, amount - 2n * price, amount, price, 1n, BALANCE / 2n]);
  const positive = (n: bigint) => (n > 0n ? n : 1n);
  const calls = (s: Scope): Statement[] => callWith(s, { callee: other, method: replies, attached: [] });
  const burns = (): Statement[] => [systemCall('cycles_burn128', ...halves(1n << 100n), slot(6))];
  const attaches = (s: Scope): Statement[] =>
    callWith(s, { callee: other, method: replies, attached: [positive(some())] });
  const ways = [calls, calls, attaches, (s: Scope) => [...burns(), ...look(s)]];
  update(canister, 'call', (s) => [...calls(s), respond()]);
  update(canister, 'attach', (s) => [...attaches(s), respond()]);
  update(canister, 'burn', (s) => [...burns(), ...look(s), respond()]);
  const tasks = ['canister_heartbeat', 'canister_global_timer', 'canister_on_low_wasm_memory'] as const;
  draw.shuffle([calls, attaches, draw.pick(ways)]).forEach((way, i) => {
    const task = tasks[i];
    if (task !== undefined) add(canister, task, (s) => [...look(s), ...way(s)]);
  });
  const [told, refused] = (['reply callback', 'reject callback'] as const).map((kind) =>
    module.callback(`spends in a ${kind}`, kind, (s) => [...look(s), ...draw.pick(ways)(s), respond()]),
  ) as [string, string];
  update(canister, 'later', (s) =>
    call(s, { callee: other, method: draw.pick([replies, rejects]), reply: told, reject: refused }),
  );
  const below = module.callback('asks below', 'composite reply callback', (s) => [
    // As long as the memory is as large as that, twice what is allocated, nothing is left for another call.
    systemCall('stable64_grow', constant(draw.pick([0, 16, TWICE_ALLOCATED, TWICE_ALLOCATED]))),
    ...call(s, { callee: other, method: STANDARD_METHODS.query, reply: s.standardCallbacks.reply }),
    ...look(s),
    respond(),
  ]);
  composite(canister, 'ask', (s) => call(s, { callee: other, method: STANDARD_METHODS.query, reply: below }));
  query(canister, 'see', (s) => [...look(s), respond()]);
  // Cycles that were accepted can be spent at once. Mostly they leave it with little all the same.
  const accepted = draw.pick([price / 2n, price, 4n * price, BALANCE]);
  update(canister, 'accept and spend', (s) => [...accept(s, accepted), ...draw.pick(ways)(s), respond()]);
  update(other, 'pay', (s) => callWith(s, { callee: canister, method: 'accept and spend', attached: [BALANCE] }));
  const steps: readonly (() => void)[] = [
    ...['call', 'attach', 'burn', 'later'].map((name) => () => stage.ingress(id, name)),
    () => stage.ingress(other.id, 'pay'),
    () => happens(stage, other, (s) => callWith(s, { callee: canister, method: replies, attached: [] })),
    () => ['ask', 'see'].forEach((name) => stage.query(id, name)),
    () => stage.step(install(canister, draw.pick(['upgrade', 'reinstall']))),
    () => stage.steps.push({ picks: [pick('heartbeat')] }),
    () => happens(stage, canister, () => [systemCall('global_timer_set', constant(1)), respond()]),
  ];
  // One call is on its way when the limit rises.
  stage.ingress(other.id, 'pay', hex(''), { picks: [pick('execute')], hold: true });
  stage.step(setting(canister, settings), { hold: draw.chance(50) });
  for (const step of draw.sample(steps, 8)) step();
  // Enough of it came in the meantime for what was refused before; a message that waits for its turn is not refused.
  stage.ingress(id, replies, hex(''), { hold: true });
  stage.ingress(other.id, 'pay', hex(''), { picks: [pick('execute')], hold: true });
  stage.step(deposit(canister, draw.pick([1n, price, BALANCE])));
  for (const step of draw.sample(steps, 2)) step();
}

export const allocationStories: Stories = {
  'frozen by what is allocated': (teller) => {
    const price = messagePrice(profileOf(teller.stage), teller.width);
    decides(teller, (price * BigInt(teller.draw.pick([teller.draw.int(-12, 0), teller.draw.int(1, 3)]))) / 4n);
  },

  'little left beside what is allocated': (teller) => {
    const { draw, stage, width } = teller;
    const price = messagePrice(profileOf(stage), width);
    // From what one message costs to what a call sets aside.
    const quarters = draw.pick([draw.int(4, 8), draw.int(8, 40), draw.int(36, 60)]);
    decides(teller, (price * BigInt(quarters)) / 4n);
  },
};
