// plumbing: what the question about its status shows of a canister
import type { CanisterDigest } from '../spec/vocabulary/record.js';
import type { CanisterStatus } from './target.js';

/** As everybody may see it: without the balance. @param digest undefined: there is no such canister */
export function statusOf(digest: CanisterDigest | undefined): CanisterStatus {
  if (digest === undefined) return { exists: false };
  const { status, moduleHash } = digest;
  return { exists: true, status, ...(moduleHash !== undefined && { moduleHash }) };
}
