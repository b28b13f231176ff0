// plumbing: what a Target says, as answers of target-protocol@1
//
// The thread that hosts an adapter module runs these functions from their text: they may name nothing outside but one another.
import type { Request } from '../../protocol/messages.js';
import type { Target } from '../../target.js';

/** An answer as it was given, not checked yet: amounts may be bigints. */
export type GivenAnswer = Record<string, unknown>;

/**
 * Asks a target. Whatever it throws becomes an answer.
 * @param protocol name and version of the protocol
 * @param checksum the answer to hello chooses it
 */
export async function answerOf(
  target: Target,
  asked: Request,
  protocol: string,
  checksum: string,
): Promise<GivenAnswer> {
  const { seq } = asked;
  try {
    switch (asked.do) {
      case 'hello': {
        const { name, version, capabilities } = target;
        return { seq, is: 'welcome', protocol, target: { name, version }, capabilities, checksum };
      }
      case 'begin': {
        const { profile, time, modules } = asked;
        return { seq, is: 'begun', ...(await target.begin({ profile, time, modules })) };
      }
      case 'submit':
        return { seq, is: 'submitted', ...(await target.submit(asked.stimulus)) };
      case 'take':
        return { seq, is: 'taken', view: await target.take?.(asked.choice) };
      case 'settle':
        return { seq, is: 'settled', ended: await target.settle?.(asked.atMost) };
      case 'status':
        return { seq, is: 'status', status: await target.status(asked.canister) };
      case 'digest':
        return { seq, is: 'digest', digest: await target.digest?.(asked.canister) };
    }
  } catch (error) {
    return thrown(seq, error);
  }
}

/** What was thrown, as an answer. Errors are known by name: an adapter need not import the suite. */
export function thrown(seq: number, error: unknown): GivenAnswer {
  const name = error instanceof Error ? error.name : '';
  if (name === 'TargetSkip') return { seq, is: 'skipped', reason: (error as Error).message };
  return { seq, is: 'errored', kind: name === 'HostLimit' ? 'host-limit' : 'crash', context: said(error) };
}

/** An error in one line. */
export function said(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : `it threw ${String(error)}`;
}

/** The same, with the place in a module where it was thrown, as far as is known. */
export function placed(error: unknown): string {
  const [place] = (error instanceof Error && /file:\/\/\S+:\d+:\d+/.exec(error.stack ?? '')) || [];
  if (place !== undefined) return `${said(error)} (at ${place})`;
  return error instanceof SyntaxError ? `${said(error)} (\`node --check\` on it says where)` : said(error);
}

/** What an adapter module must be, and what this value is not; undefined: it is fit. */
export function flawOf(target: unknown): string | undefined {
  if (typeof target !== 'object' || target === null) {
    return `its factory gave ${target === null ? 'null' : typeof target}, not a target object`;
  }
  const given = target as Partial<Record<string, unknown>>;
  for (const name of ['name', 'version']) {
    if (typeof given[name] !== 'string') return `its target has no text "${name}"`;
  }
  const capabilities = given['capabilities'];
  if (typeof capabilities !== 'object' || capabilities === null) return 'its target has no object "capabilities"';
  const records = (capabilities as { readonly records?: unknown }).records === true;
  const methods = ['begin', 'submit', 'status', ...(records ? ['take', 'digest'] : ['settle'])];
  const missing = methods.find((name) => typeof given[name] !== 'function');
  return missing === undefined ? undefined : `its target has no method "${missing}"`;
}
