// plumbing: the lock of the specification's text, and comparing it with a text that is at hand
import { readFileSync } from 'node:fs';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import { DOCUMENTS, documentNamed } from './documents.js';
import { paragraphsOf } from './paragraphs.js';
import { fromRoot } from './root.js';

/** A paragraph of a document (or, in the chapters around the interface text, all paragraphs of a section) and its clauses. */
interface LockEntry {
  readonly section: string;
  readonly hashes: readonly string[];
  readonly clauses: readonly ClauseId[];
  /** Why there are no clauses: nothing normative, or not a part of the text that this suite covers. */
  readonly why?: 'informative' | 'outside';
}

export interface LockedDocument {
  readonly document: string;
  readonly revision: string;
  readonly source: string;
  readonly entries: readonly LockEntry[];
}

interface SpecLock {
  readonly documents: readonly LockedDocument[];
  /** Hash of each row of the import table in the notation of import-table.ts, in the order of the text. */
  readonly importTable: readonly { readonly name: string; readonly hash: string }[];
}

/** The lock in the repository. */
export function readLock(): SpecLock {
  return JSON.parse(readFileSync(fromRoot('spec/spec.lock.json'), 'utf8')) as SpecLock;
}

/** A paragraph that is in the text only or in the lock only. */
export type Change =
  | { readonly kind: 'new'; readonly document: string; readonly section: string; readonly text: string }
  | {
      readonly kind: 'gone';
      readonly document: string;
      readonly section: string;
      readonly hash: string;
      readonly clauses: readonly ClauseId[];
    };

/**
 * What differs between a document's text and its lock: paragraphs that are gone with the clauses that they carry, and
 * paragraphs that are new. A paragraph that was edited is both; the new one stands in the same section.
 * @throws Error for a document that is not one of the specification's
 */
export function changesIn(locked: LockedDocument, text: string): readonly Change[] {
  const source = documentNamed(locked.document);
  if (source === undefined) throw new Error(`not a document of the specification: ${locked.document}`);
  const { document } = locked;
  const paragraphs = paragraphsOf(text, source.headings);
  const wanted = countOf(locked.entries.flatMap(({ section, hashes }) => hashes.map((hash) => `${section} ${hash}`)));
  const fresh: Change[] = [];
  for (const { section, hash, text: content } of paragraphs) {
    const key = `${section} ${hash}`;
    const left = wanted.get(key) ?? 0;
    if (left > 0) wanted.set(key, left - 1);
    else fresh.push({ kind: 'new', document, section, text: content });
  }
  const gone = locked.entries.flatMap(({ section, hashes, clauses }): readonly Change[] =>
    hashes.flatMap((hash): readonly Change[] => {
      const key = `${section} ${hash}`;
      const left = wanted.get(key) ?? 0;
      if (left === 0) return [];
      wanted.set(key, left - 1);
      return [{ kind: 'gone', document, section, hash, clauses }];
    }),
  );
  return [...gone, ...fresh];
}

function countOf(keys: readonly string[]): Map<string, number> {
  const count = new Map<string, number>();
  for (const key of keys) count.set(key, (count.get(key) ?? 0) + 1);
  return count;
}

/** The documents of the specification that are not locked, and locked ones with another revision than documents.ts says. */
export function staleDocuments(lock: SpecLock): readonly string[] {
  return DOCUMENTS.filter(
    ({ document, revision }) => lock.documents.find((locked) => locked.document === document)?.revision !== revision,
  ).map(({ document }) => document);
}

/**
 * The lock after a document's text changed: unchanged paragraphs keep their clauses; new ones have none, and no reason why,
 * until somebody writes them in (the tests say which).
 */
export function relocked(locked: LockedDocument, text: string): LockedDocument {
  const source = documentNamed(locked.document);
  if (source === undefined) throw new Error(`not a document of the specification: ${locked.document}`);
  const paragraphs = paragraphsOf(text, source.headings);
  if (source.granularity === 'paragraph') {
    const left = [...locked.entries];
    const entries = paragraphs.map(({ section, hash }): LockEntry => {
      const at = left.findIndex((entry) => entry.section === section && entry.hashes[0] === hash);
      const [kept] = at < 0 ? [] : left.splice(at, 1);
      return kept ?? { section, hashes: [hash], clauses: [] };
    });
    return { ...locked, revision: source.revision, entries };
  }
  const sections = [...new Set(paragraphs.map(({ section }) => section))];
  const entries = sections.map((section): LockEntry => {
    const old = locked.entries.find((entry) => entry.section === section);
    const hashes = paragraphs.filter((paragraph) => paragraph.section === section).map(({ hash }) => hash);
    return old === undefined ? { section, hashes, clauses: [] } : { ...old, hashes };
  });
  return { ...locked, revision: source.revision, entries };
}
