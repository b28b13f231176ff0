// table: the checks of the smoke test — one for each capability that a target can claim, with advice where it fails
import { createHash } from 'node:crypto';
import { existsFor, SYSTEM_API, type ApiType } from '../../spec/system-api.js';
import type { PointerWidth, Principal } from '../../spec/vocabulary/brands.js';
import { hex } from '../../spec/vocabulary/brands.js';
import { userId } from '../../spec/vocabulary/ids.js';
import type { Capabilities } from '../target.js';
import { BEGIN, require, SmokeProblem, type Conversation } from './conversation.js';
import { BASIC_IMPORTS, importing, moduleOf, type Variant } from './module.js';

export interface Check {
  readonly name: string;
  /** The capabilities that it checks, as the report names them; where one is not claimed there is nothing to check. */
  readonly about: readonly string[];
  /** What it uses beside them. */
  readonly needs: readonly string[];
  /** The modules of the case, by index. */
  readonly modules: (capabilities: Capabilities) => Promise<readonly Uint8Array[]>;
  /** System API functions that the modules import. */
  readonly imports: readonly string[];
  /** @throws SmokeProblem */
  readonly act: (talk: Conversation, modules: readonly Uint8Array[]) => void;
  /** What to look at when it fails. */
  readonly advice: string;
}

const USER = userId(0);
const GREETING = hex('68656c6c6f');
const SECOND = 1_000_000_000n as typeof BEGIN;

const widthOf = ({ widths }: Capabilities): PointerWidth => (widths.includes('i32') ? 'i32' : 'i64');
const variants =
  (...names: readonly Variant[]) =>
  async (capabilities: Capabilities) =>
    Promise.all(names.map((name) => moduleOf(name, widthOf(capabilities))));
const CREATE = 'stimulus create';
const INGRESS = ['stimulus ingress', 'entry point canister_update'] as const;
const QUERY = ['stimulus query', 'entry point canister_query'] as const;
const INSTALLED = [CREATE, 'stimulus install'] as const;

/** A canister with the first module. */
function installed(talk: Conversation): Principal {
  const canister = talk.create();
  talk.install(canister, 0);
  return canister;
}

const PLAIN = { modules: variants('plain'), imports: BASIC_IMPORTS } as const;
const NONE = { modules: () => Promise.resolve([]), imports: [] } as const;

export const CHECKS: readonly Check[] = [
  {
    name: 'create',
    about: [CREATE],
    needs: [],
    ...NONE,
    act: (talk) => {
      const { exists, status, moduleHash } = talk.status(talk.create());
      require('status of a new canister', exists ? (status ?? 'not shown') : 'no such canister', 'running');
      require('its module', moduleHash ?? 'none', 'none');
    },
    advice:
      '`create` answers {"outcome":{"kind":"done"},"canister":ID}; `status` of that id says {"exists":true,"status":"running"}.',
  },
  {
    name: 'begin forgets what was before',
    about: [CREATE],
    needs: [],
    ...NONE,
    act: (talk) => {
      const canister = talk.create();
      talk.begin([]);
      require('a canister of the case before', talk.status(canister).exists ? 'exists' : 'is gone', 'is gone');
    },
    advice: '`begin` makes a new, empty subnet. Canisters, requests and their numbers start anew with each case.',
  },
  {
    name: 'install',
    about: ['stimulus install'],
    needs: [CREATE],
    ...PLAIN,
    act: (talk, [module = new Uint8Array()]) => {
      const { moduleHash } = talk.status(installed(talk));
      require('module hash', moduleHash ?? 'none', createHash('sha256').update(module).digest('hex'));
    },
    advice:
      '`module` counts the modules of `begin` from 0. `moduleHash` is the SHA-256 of the bytes as uploaded, in lower-case hexadecimal.',
  },
  {
    name: 'ingress: an update call is answered by settle',
    about: INGRESS,
    needs: INSTALLED,
    ...PLAIN,
    act: (talk) => require('reply', talk.update(installed(talk), 'echo', GREETING), GREETING),
    advice:
      '`submit` answers {"kind":"accepted","request":n}, n from 0 in each case; a later `settled` lists {"request":n,"response":…}.',
  },
  {
    name: 'query',
    about: QUERY,
    needs: INSTALLED,
    ...PLAIN,
    act: (talk) => {
      const canister = installed(talk);
      require('reply', talk.query(canister, 'repeat', GREETING), GREETING);
      require('what the query wrote', talk.diary(canister), '');
    },
    advice:
      'A query ends at once: {"kind":"responded","response":{"kind":"reply","data":HEX}}. What it changes is dropped.',
  },
  {
    name: 'updates keep what they changed',
    about: INGRESS,
    needs: [...INSTALLED, ...QUERY],
    ...PLAIN,
    act: (talk) => {
      const canister = installed(talk);
      for (let i = 0; i < 2; i++) talk.update(canister, 'echo');
      require('diary after two updates', talk.diary(canister), 'uu');
    },
    advice: 'The Wasm memory of an update that returned is there for the next call.',
  },
  {
    name: 'canister_init',
    about: ['entry point canister_init'],
    needs: [...INSTALLED, ...QUERY],
    modules: variants('init'),
    imports: BASIC_IMPORTS,
    act: (talk) => require('diary after install', talk.diary(installed(talk)), 'i'),
    advice: 'install runs canister_init where the module exports it.',
  },
  {
    name: 'start',
    about: ['entry point start'],
    needs: [...INSTALLED, ...QUERY],
    modules: variants('start'),
    imports: BASIC_IMPORTS,
    act: (talk) => require('diary after install', talk.diary(installed(talk)), 's'),
    advice: 'The (start) function runs when the module is instantiated, before canister_init.',
  },
  {
    name: 'upgrade: canister_pre_upgrade, canister_post_upgrade',
    about: ['entry point canister_pre_upgrade', 'entry point canister_post_upgrade'],
    needs: [...INSTALLED, ...QUERY],
    modules: variants('upgrade'),
    imports: BASIC_IMPORTS,
    act: (talk) => {
      const canister = installed(talk);
      talk.install(canister, 0, 'upgrade');
      require('diary after an upgrade', talk.diary(canister), 'a');
    },
    advice:
      'An upgrade runs canister_pre_upgrade on the old instance, makes a new one with new Wasm memory, and runs canister_post_upgrade there.',
  },
  {
    name: 'canister_composite_query',
    about: ['entry point canister_composite_query'],
    needs: [...INSTALLED, 'stimulus query'],
    modules: variants('composite'),
    imports: BASIC_IMPORTS,
    act: (talk) => require('length of the reply', String(talk.query(installed(talk), 'size', GREETING).length), '10'),
    advice: 'A query call runs the export "canister_composite_query NAME" where there is no "canister_query NAME".',
  },
  {
    name: 'canister_inspect_message',
    about: ['entry point canister_inspect_message'],
    needs: [...INSTALLED, ...INGRESS],
    modules: variants('inspect, accepting nothing'),
    imports: BASIC_IMPORTS,
    act: (talk) => {
      const call = { kind: 'ingress', canister: installed(talk), method: 'echo', arg: GREETING, sender: USER } as const;
      const outcome = talk.outcome(call);
      require('ingress that is not accepted', outcome.kind === 'refused'
        ? outcome.failure
        : outcome.kind, 'not-accepted');
    },
    advice:
      'Where the module exports canister_inspect_message, ingress gets in only if it calls accept_message: else {"kind":"refused","failure":"not-accepted"}.',
  },
  {
    name: 'reply callback: a canister calls itself',
    about: ['entry point reply callback'],
    needs: [...INSTALLED, ...INGRESS, ...QUERY],
    modules: variants('caller'),
    imports: [...BASIC_IMPORTS, 'canister_self_size', 'canister_self_copy', 'call_new', 'call_perform'],
    act: (talk) => {
      const canister = installed(talk);
      talk.update(canister, 'call');
      require('diary after a call to itself', talk.diary(canister), 'uy');
    },
    advice:
      '`settle` goes on until all calls between canisters are answered. The reply callback is table[reply_fun](reply_env).',
  },
  {
    name: 'settling in parts',
    about: ['settles partly'],
    needs: [...INSTALLED, ...INGRESS],
    ...PLAIN,
    act: (talk) => {
      talk.updateInParts(installed(talk), 'echo');
    },
    advice:
      '`settle` with `atMost` goes on for a while, or not at all, and lists what has ended; what is left goes on with the next `settle`. Leave "settlesPartly" out otherwise.',
  },
  {
    name: 'transform',
    about: ['stimulus transform'],
    needs: [...INSTALLED, 'entry point canister_query'],
    ...PLAIN,
    act: (talk) => {
      const call = { kind: 'transform', canister: installed(talk), method: 'repeat', arg: GREETING } as const;
      const outcome = talk.outcome(call);
      const data =
        outcome.kind === 'responded' && outcome.response.kind === 'reply' ? outcome.response.data : outcome.kind;
      require('reply of the transform', data, GREETING);
    },
    advice: 'transform runs a query method as the transform of an HTTP outcall: {"kind":"responded","response":…}.',
  },
  {
    name: 'stop and start',
    about: ['stimulus stop', 'stimulus start'],
    needs: [CREATE],
    ...NONE,
    act: (talk) => {
      const canister = talk.create();
      talk.stop(canister);
      require('status after stop', talk.status(canister).status ?? 'not shown', 'stopped');
      talk.manage({ kind: 'start', canister, sender: USER });
      require('status after start', talk.status(canister).status ?? 'not shown', 'running');
    },
    advice:
      '`stop` is accepted as a request, which ends with an empty reply when the canister is stopped. `start` is answered at once.',
  },
  {
    name: 'uninstall',
    about: ['stimulus uninstall'],
    needs: INSTALLED,
    ...PLAIN,
    act: (talk) => {
      const canister = installed(talk);
      talk.manage({ kind: 'uninstall', canister, sender: USER });
      require('module after uninstall', talk.status(canister).moduleHash ?? 'none', 'none');
    },
    advice: '`status` of an empty canister has no `moduleHash`.',
  },
  {
    name: 'delete',
    about: ['stimulus delete'],
    needs: [CREATE, 'stimulus stop'],
    ...NONE,
    act: (talk) => {
      const canister = talk.create();
      talk.stop(canister);
      talk.manage({ kind: 'delete', canister, sender: USER });
      require('a deleted canister', talk.status(canister).exists ? 'exists' : 'is gone', 'is gone');
    },
    advice: '`status` of a canister that is gone says {"exists":false}.',
  },
  {
    name: 'update-settings',
    about: ['stimulus update-settings'],
    needs: [CREATE],
    ...NONE,
    act: (talk) => {
      const canister = talk.create();
      talk.manage({ kind: 'update-settings', canister, sender: USER, settings: { controllers: [USER, userId(1)] } });
      talk.manage({ kind: 'update-settings', canister, sender: userId(1), settings: {} });
    },
    advice:
      'A setting that the stimulus leaves out stays. The creator is the only controller unless `create` says otherwise.',
  },
  {
    name: 'deposit',
    about: ['stimulus deposit'],
    needs: [CREATE],
    ...NONE,
    act: (talk) => {
      const outcome = talk.outcome({ kind: 'deposit', canister: talk.create(), sender: USER, cycles: 5n as never });
      require('deposit', outcome.kind, 'done');
    },
    advice: '`deposit` answers {"kind":"done"}.',
  },
  {
    name: 'balances',
    about: ['balances'],
    needs: [CREATE],
    ...NONE,
    act: (talk) => {
      const { balance } = talk.status(talk.create());
      if (balance === undefined || balance <= 0n)
        throw new SmokeProblem(`the status of a canister shows balance ${String(balance)}`);
    },
    advice: '`status` has a field `balance`: cycles as decimal text. Say "balances": false if they cannot be shown.',
  },
  {
    name: 'time: canisters see the time of begin, and advance-time',
    about: ['time'],
    needs: [...INSTALLED, ...QUERY, 'stimulus advance-time'],
    modules: variants('clock'),
    imports: [...BASIC_IMPORTS, 'time'],
    act: (talk) => {
      const canister = installed(talk);
      const now = () => {
        const bytes = Buffer.from(talk.query(canister, 'now'), 'hex');
        require('bytes of a time', String(bytes.length), '8');
        return bytes.readBigUInt64LE();
      };
      const before = now();
      const about = before >= BEGIN && before < BEGIN + 60n * SECOND;
      if (!about) throw new SmokeProblem(`begin said time ${BEGIN}, and the canister sees ${before}`);
      require('advance-time', talk.outcome({ kind: 'advance-time', by: (3_600n * SECOND) as typeof BEGIN })
        .kind, 'done');
      const passed = now() - before;
      if (passed < 3_600n * SECOND) throw new SmokeProblem(`an hour passed, and the canister saw ${passed} ns of it`);
    },
    advice:
      'Times are nanoseconds since 1970. Say "time": false, and leave out advance-time, if the clock cannot be set.',
  },
  ...(['i32', 'i64'] as const).map((width): Check => ({
    name: width === 'i32' ? 'wasm32' : 'wasm64',
    about: [width === 'i32' ? 'wasm32' : 'wasm64'],
    needs: [...INSTALLED, ...QUERY],
    modules: async () => [await moduleOf('plain', width)],
    imports: BASIC_IMPORTS,
    act: (talk) => require('reply', talk.query(installed(talk), 'repeat', GREETING), GREETING),
    advice: `Modules with a ${width === 'i32' ? '32' : '64'}-bit memory run, with ${width} for every I of the import table. Else leave "${width}" out of "widths".`,
  })),
  {
    name: 'imports: a module with every System API function that is claimed',
    about: ['stimulus install'],
    needs: [CREATE],
    modules: async (all) => [await importing(importsOf(all))],
    imports: [],
    act: (talk) => {
      installed(talk);
    },
    advice:
      'Name in "imports" what the implementation knows. A case that needs more is skipped then, instead of failing.',
  },
  {
    name: 'records: digests',
    about: ['records'],
    needs: [CREATE],
    ...NONE,
    act: (talk) => {
      const canister = talk.create();
      const { digest } = talk.ask({ do: 'digest', canister }, 'digest');
      require('canister of the digest', digest?.canister ?? 'no digest', canister);
    },
    advice:
      'Targets with records answer `begun` with `enabled` and `ledger`, `submitted` and `taken` with a `view`, and `digest`.',
  },
];

/** The System API functions that a target claims, with their types for its pointer width. */
function importsOf(capabilities: Capabilities): readonly { readonly name: string; readonly type: string }[] {
  const width = widthOf(capabilities);
  const typeOf = (type: ApiType) => (type === 'I' ? width : type);
  return SYSTEM_API.filter((f) => existsFor(f, width) && (capabilities.imports?.includes(f.name) ?? true)).map(
    ({ name, params, result }) => ({
      name,
      type: `(param ${params.map(({ type }) => typeOf(type)).join(' ')})${result === null ? '' : ` (result ${typeOf(result)})`}`,
    }),
  );
}
