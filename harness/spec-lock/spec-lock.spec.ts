// plumbing: tests of the lock: every paragraph has clauses or a reason why not, and the import table is the text's
import { existsSync, readFileSync } from 'node:fs';
import { RULES, ruleNamed } from '../../spec/rules/index.js';
import { SYSTEM_API } from '../../spec/system-api.js';
import { ambiguitiesPage } from './ambiguities.js';
import { placeOf } from './documents.js';
import { importRowsOf, rowOf } from './import-table.js';
import { changesIn, readLock, relocked, staleDocuments, type LockedDocument } from './lock.js';
import { hashOf, paragraphsOf } from './paragraphs.js';
import { present } from '../../spec/testing/present.js';

const lock = readLock();

const locked = (name: string): LockedDocument => present(lock.documents.find(({ document }) => document === name));

describe('the lock of the specification', () => {
  it('has every document with its revision', () => {
    expect(staleDocuments(lock)).toEqual([]);
    expect(locked('canister-interface.md').revision).toContain('0.60.0');
    expect(locked('abstract-behavior.md').revision).toContain('b58cf042a0d0fc707961ef98deb222bd4436459a');
  });

  it('names a place where the text of a clause can be read, at its revision', () => {
    expect(placeOf('abstract-behavior.md#queues')).toMatch(/^https:.*\/b58cf042[0-9a-f]*\/docs\/.*abstract-behavior\.md$/);
    const placeless = RULES.filter(({ anchor }) => placeOf(anchor) === undefined).map(({ anchor }) => anchor.split('#')[0]);
    // The concepts page has no place that keeps its revisions.
    expect(new Set(placeless)).toEqual(new Set(['canister-smart-contracts.md']));
    for (const { anchor } of RULES) {
      const place = placeOf(anchor) ?? '';
      if (!place.startsWith('https:')) expect(existsSync(place === '' ? '.' : place)).toBe(true);
    }
  }); // prettier-ignore

  it('gives each paragraph clauses that exist, or a reason why it has none', () => {
    for (const { document, entries } of lock.documents) {
      for (const { section, hashes, clauses, why } of entries) {
        expect([document, section, hashes, clauses.length > 0 || why !== undefined]).toEqual([
          document,
          section,
          hashes,
          true,
        ]);
        for (const id of clauses) expect([id, ruleNamed(id) !== undefined]).toEqual([id, true]);
      }
    }
  });

  it('has a paragraph for every clause of the specification', () => {
    const carried = new Set(lock.documents.flatMap(({ entries }) => entries.flatMap(({ clauses }) => clauses)));
    const without = RULES.filter(({ id, tier }) => tier === 'spec' && !carried.has(id)).map(({ id }) => id);
    expect(without).toEqual([]);
  });

  it('has a section for every anchor', () => {
    const sections = new Set(
      lock.documents.flatMap(({ document, entries }) => entries.map(({ section }) => `${document}#${section}`)),
    );
    const astray = RULES.filter(({ tier, anchor }) => tier === 'spec' && !sections.has(anchor)).map(
      ({ id, anchor }) => [id, anchor],
    );
    expect(astray).toEqual([]);
  });

  it('holds the import table as spec/system-api.ts has it', () => {
    expect(SYSTEM_API.map((f) => ({ name: f.name, hash: hashOf(rowOf(f)) }))).toEqual(lock.importTable);
  });
});

describe('docs/ambiguities.md', () => {
  it('is what the catalogue says', () => {
    expect(readFileSync(new URL('../../docs/ambiguities.md', import.meta.url), 'utf8')).toBe(ambiguitiesPage());
  });
});

describe('cutting a document', () => {
  const text = '# One {#first}\n\na\nb\n\n- c\n\n```\nd\n\ne\n```\n\n## Two words\n\nf\n\n## Two words\n\ng\n';
  const document: LockedDocument = { document: 'index.md', revision: '', source: '', entries: [] };

  it('takes paragraphs, items and code blocks, each with its section', () => {
    expect(paragraphsOf(text, { kind: 'markdown' }).map(({ section, text: content }) => [section, content])).toEqual([
      ['first', 'a\nb'],
      ['first', '- c'],
      ['first', 'd\n\ne'],
      ['two-words', 'f'],
      ['two-words-1', 'g'],
    ]);
  });

  it('hashes a paragraph the same however its lines are wrapped', () => {
    expect(hashOf('a\n  b')).toBe(hashOf('a b'));
    expect(hashOf('a b')).not.toBe(hashOf('a c'));
  });

  it('finds nothing changed after locking, and says what is new', () => {
    const fresh = relocked(document, text);
    expect(changesIn(fresh, text)).toEqual([]);
    expect(changesIn(fresh, `${text}\nh\n`)).toEqual([
      { kind: 'new', document: 'index.md', section: 'two-words-1', text: 'h' },
    ]);
  });

  it('shows an edited paragraph with the clauses that it carries', () => {
    const fresh = relocked(document, text);
    const carrying = fresh.entries.map((entry) =>
      entry.section === 'two-words' ? { ...entry, clauses: ['responding/reply-at-most-once'] } : entry,
    );
    expect(changesIn({ ...fresh, entries: carrying }, text.replace('\nf\n', '\nF\n'))).toEqual([
      expect.objectContaining({ kind: 'gone', section: 'two-words', clauses: ['responding/reply-at-most-once'] }),
      { kind: 'new', document: 'index.md', section: 'two-words', text: 'F' },
    ]);
  });

  it('refuses a table with a row that it does not understand', () => {
    expect(() =>
      importRowsOf('```\nic0.msg_a : () -> i32; // U\nic0.b\n```\n```\nic0.msg_c : () -> i32; // U\n```\n'),
    ).toThrow('understood');
    expect(() => importRowsOf('no table')).toThrow('no two tables');
  });
});
