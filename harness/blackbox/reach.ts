// plumbing: what the code of a generated program may come to
import type { Program, ProgramFunction } from '../../spec/vocabulary/program.js';

/** Whether the text of a function, as JSON, or that of one that it names, matches. */
export function mayReach(
  { body }: ProgramFunction,
  program: Program,
  pattern: RegExp,
  seen: Set<string> = new Set(),
): boolean {
  const text = textOf(body);
  if (pattern.test(text)) return true;
  return program.functions.some((f) => {
    if (seen.has(f.name) || !text.includes(JSON.stringify(f.name))) return false;
    seen.add(f.name);
    return mayReach(f, program, pattern, seen);
  });
}

/** Code as JSON. Numbers of 64 bits, which say nothing about what it comes to, are 0. */
export function textOf(code: unknown): string {
  return JSON.stringify(code, (_, value: unknown) => (typeof value === 'bigint' ? 0 : value));
}
