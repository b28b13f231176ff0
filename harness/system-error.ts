// plumbing: what the host says when it cannot read or write

/** The code of a system error such as ENOENT, or the error as text. Such an error may come from another realm, where `instanceof Error` does not hold. */
export function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);
}

/** Whether an operation of the host failed, such as a write to a full disk: no fault of ours, and nothing that a stack would explain. */
export function isSystemError(error: unknown): error is Error & { readonly code: string; readonly syscall: string } {
  return typeof error === 'object' && error !== null && 'syscall' in error && 'code' in error && 'message' in error;
}
