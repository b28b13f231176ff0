// plumbing: `spec-lock check DIR…`, `update DIR…`, `docs`: is the specification's text still the one that the clauses were read from?
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ambiguitiesPage } from './ambiguities.js';
import { hashOf } from './paragraphs.js';
import { SYSTEM_API } from '../../spec/system-api.js';
import { importRowsOf, rowOf } from './import-table.js';
import { changesIn, readLock, relocked, type Change, type LockedDocument } from './lock.js';
import { fromRoot } from './root.js';

const USAGE = `usage: spec-lock check DIR…    compare the documents found in the folders with spec/spec.lock.json
       spec-lock update DIR…   write their hashes into it; new paragraphs get no clauses yet
       spec-lock docs          write docs/ambiguities.md from the catalogue`;

const WITH_IMPORTS = 'canister-interface.md';

/** The text of a document in the first folder that has it, or undefined. */
function textOf(document: string, folders: readonly string[]): string | undefined {
  const path = folders.map((folder) => join(folder, document)).find(existsSync);
  return path === undefined ? undefined : readFileSync(path, 'utf8');
}

function describeChange(change: Change): string {
  if (change.kind === 'new') return `  + #${change.section}: ${change.text.replace(/\s+/g, ' ').slice(0, 100)}`;
  return `  - #${change.section} ${change.hash}: ${change.clauses.join(', ') || 'no clauses'}`;
}

/** Compares the import table of the text with spec/system-api.ts. @returns how many rows differ */
function importsChanged(text: string): number {
  const theirs = new Map(importRowsOf(text).map(({ name, row }) => [name, row]));
  const ours = new Map(SYSTEM_API.map((row) => [row.name, rowOf(row)]));
  const differing = [...new Set([...theirs.keys(), ...ours.keys()])].filter(
    (name) => theirs.get(name) !== ours.get(name),
  );
  console.log(
    `import table: ${differing.length === 0 ? `${ours.size} rows, as spec/system-api.ts has them` : `${differing.length} rows differ`}`,
  );
  for (const name of differing)
    console.log(`  ${name}: text ${theirs.get(name) ?? 'absent'}, ours ${ours.get(name) ?? 'absent'}`);
  return differing.length;
}

function check(folders: readonly string[]): number {
  let changed = 0;
  let seen = 0;
  for (const locked of readLock().documents) {
    const text = textOf(locked.document, folders);
    if (text === undefined) {
      console.log(`${locked.document}: not found in ${folders.join(', ')}, not compared`);
      continue;
    }
    seen++;
    const changes = changesIn(locked, text);
    changed += changes.length;
    console.log(
      `${locked.document} (${locked.revision}): ${changes.length === 0 ? 'as locked' : `${changes.length} changes`}`,
    );
    for (const change of changes) console.log(describeChange(change));
    if (locked.document === WITH_IMPORTS) changed += importsChanged(text);
  }
  if (seen === 0) {
    console.error('spec-lock: no document of the specification found; name the folder that holds them');
    return 2;
  }
  return changed === 0 ? 0 : 1;
}

function update(folders: readonly string[]): number {
  const lock = readLock();
  const documents = lock.documents.map((locked): LockedDocument => {
    const text = textOf(locked.document, folders);
    return text === undefined ? locked : relocked(locked, text);
  });
  const table = textOf(WITH_IMPORTS, folders);
  const importTable =
    table === undefined ? lock.importTable : importRowsOf(table).map(({ name, row }) => ({ name, hash: hashOf(row) }));
  const path = fileURLToPath(fromRoot('spec/spec.lock.json'));
  writeFileSync(path, `${JSON.stringify({ documents, importTable }, null, 2)}\n`);
  console.log(`wrote ${path}; npm test -- harness/spec-lock names the paragraphs that need clauses`);
  return 0;
}

function docs(): number {
  const path = fileURLToPath(fromRoot('docs/ambiguities.md'));
  writeFileSync(path, ambiguitiesPage());
  console.log(`wrote ${path}`);
  return 0;
}

const [command, ...folders] = process.argv.slice(2);
if (folders.length > 0 && command === 'check') process.exitCode = check(folders);
else if (folders.length > 0 && command === 'update') process.exitCode = update(folders);
else if (folders.length === 0 && command === 'docs') process.exitCode = docs();
else {
  console.error(USAGE);
  process.exitCode = 2;
}
