// plumbing: when two failures are one and the same — the clause or one of its twins, and what differed
import { twins } from '../../spec/rules/index.js';
import type { Failure } from '../types.js';

/** Whether `other` shows what `failure` shows: the same clause or a twin, and the same kind. */
export function sameFailure(failure: Failure, other: Failure): boolean {
  return failure.kind === other.kind && (failure.rule === other.rule || twins(failure.rule).includes(other.rule));
}

/** Text that two failures share when they are one finding: clause, and where the two sides first parted. */
export function divergenceKey({ rule, kind, entryPoint, import: name }: Failure): string {
  return [rule, kind, entryPoint ?? '', name ?? ''].join(' | ');
}
