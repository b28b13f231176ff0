// plumbing: what the host says when it cannot read or write

/** The code of a system error such as ENOENT, or the error as text. Such an error may come from another realm, where `instanceof Error` does not hold. */
export function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);
}
