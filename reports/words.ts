// plumbing: ids, amounts, stimuli and choices in words
import type { Principal } from '../spec/vocabulary/brands.js';
import { ANONYMOUS, canisterId, MANAGEMENT_CANISTER, userId } from '../spec/vocabulary/ids.js';
import type { NewMessage, Response, StimulusOutcome, SystemCallRecord } from '../spec/vocabulary/record.js';
import { CHOICE_KINDS, type Choice, type Settings, type Stimulus } from '../spec/vocabulary/scenario.js';
import { REJECT_CODES } from '../spec/reject-codes.js';
import { systemApiFunction } from '../spec/system-api.js';

/** Canisters that have a name of their own; the others are shown by their id. */
const NAMED = 26;
const USERS = 8;

const NAMES: ReadonlyMap<string, string> = new Map([
  ...Array.from({ length: NAMED }, (_, k): [string, string] => [canisterId(k), canisterName(k)]),
  ...Array.from({ length: USERS }, (_, k): [string, string] => [userId(k), `user ${k}`]),
  [ANONYMOUS, 'the anonymous user'],
  [MANAGEMENT_CANISTER, 'the management canister'],
]);

/** A, B, C …; the 27th is `canister 26`. */
export function canisterName(k: number): string {
  return k < NAMED ? String.fromCharCode('A'.charCodeAt(0) + k) : `canister ${k}`;
}

/** Whom the target was compared with. */
export function sideName(against: string | undefined): string {
  return against ?? 'the model';
}

export function nameOf(principal: Principal): string {
  return NAMES.get(principal) ?? `principal ${principal}`;
}

/** 1_000_000: digits in groups of three. */
export function grouped(n: bigint | number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, '_');
}

const LONGEST = 96;

/** A text cut to a length that fits a line. */
export function short(text: string, longest = LONGEST): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length} characters)`;
}

/** What a canister says, with line breaks and control characters as spaces. */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

export function blob(hex: string): string {
  if (hex === '') return 'empty';
  return hex.length <= LONGEST ? `0x${hex}` : `0x${hex.slice(0, LONGEST)}… (${hex.length / 2} bytes)`;
}

const CODE_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(REJECT_CODES).map(([name, code]) => [code, name]),
);

function codeName(code: number): string {
  return CODE_NAMES.get(code) ?? `code ${code}`;
}

export function responseText(response: Response): string {
  if (response.kind === 'reply') return `reply, ${response.data === '' ? 'empty' : `data ${blob(response.data)}`}`;
  return `reject ${codeName(response.code)}, "${short(response.message)}"`;
}

export function settingsText(settings: Settings): string {
  const parts = Object.entries(settings).map(([name, value]) => {
    if (typeof value === 'bigint') return `${name} ${grouped(value)}`;
    if (name === 'controllers')
      return `controllers ${(value as readonly Principal[]).map(nameOf).join(', ') || 'none'}`;
    return `${name} ${short(JSON.stringify(value))}`;
  });
  return parts.length === 0 ? 'default settings' : parts.join('; ');
}

/** `m("x")` of a canister: the method with its argument. */
function called(canister: Principal, method: string, arg: string): string {
  return `${nameOf(canister)}.${JSON.stringify(method)}(${arg === '' ? '' : blob(arg)})`;
}

export function stimulusText(stimulus: Stimulus): string {
  switch (stimulus.kind) {
    case 'ingress':
      return `${nameOf(stimulus.sender)} calls ${called(stimulus.canister, stimulus.method, stimulus.arg)} by ingress`;
    case 'query':
      return `${nameOf(stimulus.sender)} queries ${called(stimulus.canister, stimulus.method, stimulus.arg)}`;
    case 'transform':
      return `an HTTP outcall's answer goes through ${called(stimulus.canister, stimulus.method, stimulus.arg)}`;
    case 'create':
      return `${nameOf(stimulus.sender)} creates a canister with ${grouped(stimulus.cycles)} cycles, ${settingsText(stimulus.settings)}`;
    case 'install': {
      const skip = stimulus.skipPreUpgrade === true ? ', skipping pre_upgrade' : '';
      const keep =
        stimulus.wasmMemoryPersistence === undefined ? '' : `, Wasm memory: ${stimulus.wasmMemoryPersistence}`;
      return `${nameOf(stimulus.sender)} installs module ${stimulus.module} in ${nameOf(stimulus.canister)} (mode ${stimulus.mode}${skip}${keep}; argument ${blob(stimulus.arg)})`;
    }
    case 'uninstall':
    case 'start':
    case 'stop':
    case 'delete':
      return `${nameOf(stimulus.sender)} asks to ${stimulus.kind} ${nameOf(stimulus.canister)}`;
    case 'update-settings':
      return `${nameOf(stimulus.sender)} updates settings of ${nameOf(stimulus.canister)}: ${settingsText(stimulus.settings)}`;
    case 'deposit':
      return `${nameOf(stimulus.sender)} deposits ${grouped(stimulus.cycles)} cycles to ${nameOf(stimulus.canister)}`;
    case 'advance-time':
      return `${grouped(stimulus.by)} ns pass`;
  }
}

/** Whether what caused a transition came from outside. */
export function isStimulus(cause: Stimulus | Choice): cause is Stimulus {
  return !(CHOICE_KINDS as readonly string[]).includes(cause.kind);
}

/** @param messageText what is known of a message, by its number */
export function choiceText(choice: Choice, messageText: (message: number) => string): string {
  switch (choice.kind) {
    case 'execute':
      return `${messageText(choice.message)} is executed`;
    case 'deliver':
      return `${messageText(choice.message)} is delivered`;
    case 'heartbeat':
      return `heartbeat of ${nameOf(choice.canister)}`;
    case 'global-timer':
      return `global timer of ${nameOf(choice.canister)}`;
    case 'low-wasm-memory':
      return `low-memory hook of ${nameOf(choice.canister)}`;
    case 'reject':
      return `${messageText(choice.message)} is rejected by the system with ${codeName(choice.code)}`;
    case 'expire-message':
      return `${messageText(choice.message)} expires`;
    case 'expire-context':
      return `the call that opened call context ${choice.context} expires`;
    case 'bump-version':
      return `the system increments the version of ${nameOf(choice.canister)}`;
  }
}

export function messageText(message: NewMessage): string {
  if (message.kind === 'call') {
    const caller = nameOf(message.caller);
    return `message ${message.id} (call of ${nameOf(message.callee)}.${JSON.stringify(message.method)} by ${caller})`;
  }
  return `message ${message.id} (answer to message ${message.to}: ${responseText(message.response)})`;
}

export function outcomeText(outcome: StimulusOutcome): string {
  switch (outcome.kind) {
    case 'accepted':
      return `accepted as request ${outcome.request}`;
    case 'refused':
      return `refused: ${outcome.failure}`;
    case 'responded':
      return responseText(outcome.response);
    case 'done':
      return 'done';
  }
}

/** `ic0.call_perform() = 0`, with the names of the parameters and the bytes that it wrote. */
export function systemCallText({ name, args, result, trap, wrote }: SystemCallRecord): string {
  const params = systemApiFunction(name)?.params ?? [];
  const shown = args.map((arg, i) => `${params[i] === undefined ? '' : `${params[i].name} `}${arg}`).join(', ');
  const end = trap !== undefined ? ` traps: ${trap}` : result === undefined ? '' : ` = ${result}`;
  return `ic0.${name}(${shown})${end}${wrote === undefined ? '' : `, wrote ${blob(wrote)}`}`;
}
