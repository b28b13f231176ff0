// plumbing: for tests: a value that must be there

/**
 * The value, in a test that is about something else than whether it is there.
 * @throws Error where it is not: the test fails at this place
 */
export function present<T>(value: T | null | undefined): T {
  if (value === undefined || value === null) throw new Error(`a value that the test needs is ${String(value)}`);
  return value;
}
