// plumbing: what the formats say of the canisters that `check` was given — how far the calls to them got, and what would help
import type { TrapKind } from '../spec/vocabulary/trap.js';
import { plural, some } from './figures.js';
import type { CallFigures, Report, ReportCanister } from './report.js';

/** Columns of a table of calls, after the name of what was called. */
export const CALL_COLUMNS = [
  'calls',
  'replied',
  'rejected',
  'trapped',
  'refused',
] as const satisfies readonly (keyof CallFigures)[];

/** One canister in words. */
export interface CanisterText {
  readonly name: string;
  /** How many of its methods replied. */
  readonly summary: string;
  /** Why methods that never replied trapped, one line for each. */
  readonly silent: readonly string[];
  /** Installations, then methods: those that never replied come first, for they are what one looks for. */
  readonly rows: readonly CallRow[];
}

export interface CallRow {
  /** `(install)`, or a method. */
  readonly name: string;
  readonly figures: CallFigures;
}

export function canisterTexts({ canisters = {} }: Report): readonly CanisterText[] {
  return Object.entries(canisters).map(([name, canister]) => ({
    name,
    summary: summaryOf(canister),
    silent: Object.entries(canister.methods).flatMap(([method, { replied, trap }]) =>
      replied === 0 && trap !== undefined ? [`${printable(method)} never replied: ${trap.text}`] : [],
    ),
    rows: [
      ...Object.entries(canister.installs).map(([mode, figures]) => ({ name: `(${mode})`, figures })),
      ...Object.entries(canister.methods)
        .map(([method, figures]) => ({ name: printable(method), figures }))
        .sort((a, b) => Number(a.figures.replied > 0) - Number(b.figures.replied > 0)),
    ],
  }));
}

/** Any bytes of UTF-8 may name a method. */
function printable(name: string): string {
  return name.replace(/\p{Cc}/gu, '\ufffd');
}

/** `canister_update 64, start 20`: executions by entry point, the frequent ones first. Timers, heartbeats and callbacks are nobody's calls. */
export function executionsText({ reached }: Report): string {
  return Object.entries(reached.entryPoints)
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .map(([entryPoint, n]) => `${entryPoint} ${n}`)
    .join(', ');
}

/** `9 of 12 methods replied; 2 were called and never did, 1 was never called`. */
function summaryOf({ methods }: ReportCanister): string {
  const all = Object.values(methods);
  const replied = all.filter((one) => one.replied > 0).length;
  const silent = all.filter((one) => one.replied === 0 && one.calls > 0).length;
  const uncalled = all.filter(({ calls }) => calls === 0).length;
  const others = [
    ...(silent > 0 ? [`${silent} called and never did`] : []),
    ...(uncalled > 0 ? [`${uncalled} never called`] : []),
  ];
  return `${replied} of ${plural(all.length, 'method')} replied${others.length > 0 ? `; ${others.join(', ')}` : ''}`;
}

/** Installed seldom: so many attempts failed for each that did not, that a run says little of the canister. */
const SELDOM = 3;

/** What keeps a run from saying much about a canister, and what to do about it; one sentence each. */
export function cautionsOf(report: Report): readonly string[] {
  return Object.entries(report.canisters ?? {}).flatMap(([name, { typed, installs, methods }]) => {
    const { install } = installs;
    const exhausted = Object.entries(methods).flatMap(([method, { replied, trap }]) =>
      replied === 0 && trap !== undefined && isOutOfInstructions(trap.text) ? [printable(method)] : [],
    );
    const called = Object.values(methods).some(({ calls }) => calls > 0);
    return [
      ...(install?.trap !== undefined && install.replied * SELDOM < install.trapped
        ? [installCaution(report, name, install, install.trap.text)]
        : []),
      ...(exhausted.length > 0
        ? [`${name} ran out of instructions in ${some(exhausted, 4)}. ${limitAdvice(report)}`]
        : []),
      ...(called && !typed
        ? [
            `${name} does not say what types its methods have: their arguments were random bytes. Give its .did file with --did.`,
          ]
        : []),
    ];
  });
}

function isOutOfInstructions(text: string): boolean {
  return text.includes('instruction-limit' satisfies TrapKind);
}

function limitAdvice({ profile }: Report): string {
  return `Use a profile with higher limits than ${profile} has, such as --profile application-13, and more --timeout.`;
}

function installCaution(report: Report, name: string, { replied, trapped }: CallFigures, text: string): string {
  const often =
    replied === 0 ? `${name} was never installed` : `${name} was installed ${replied} times in ${replied + trapped}`;
  const advice = isOutOfInstructions(text)
    ? limitAdvice(report)
    : 'Give an argument that it takes, in Candid text, with --init.';
  return `${often}: ${text.replace(/\.$/, '')}. ${advice}`;
}
