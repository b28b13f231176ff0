// plumbing: what tells whether there is anything to build — a hash over what the build reads and what it has written
// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Beside what is installed: a new installation builds anew. */
const FILE = 'node_modules/.cache/ic0-conformance/build';

/**
 * The names and contents of all files.
 *
 * @param {readonly string[]} inputs @param {string} output a directory
 */
export function fingerprint(inputs, output) {
  const written = existsSync(output)
    ? readdirSync(output, { recursive: true, encoding: 'utf8' })
        .map((name) => join(output, name))
        .filter((path) => statSync(path).isFile())
    : [];
  const hash = createHash('sha256');
  for (const file of [...inputs, ...written].sort()) {
    const bytes = readFileSync(file);
    hash.update(`${file} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

/** @param {string} print */
export function isBuilt(print) {
  return existsSync(FILE) && readFileSync(FILE, 'utf8') === print;
}

/** @param {string} print */
export function remember(print) {
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, print);
}
