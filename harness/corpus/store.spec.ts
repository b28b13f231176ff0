// plumbing: tests of the corpus and the journal
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CaseFile } from '../types.js';
import { CaseFileError } from './case-file.js';
import { Journal, JournalError } from './journal.js';
import { Corpus, caseId, readCase } from './store.js';
import { sampleCase } from './testing/sample.js';
import { present } from '../../spec/testing/present.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'corpus-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const failing = (rule: string, steps: number, minimized = false): CaseFile => ({
  ...sampleCase,
  minimized,
  failure: { ...present(sampleCase.failure), rule },
  scenario: { ...sampleCase.scenario, steps: sampleCase.scenario.steps.slice(0, steps) },
});
const passing = Object.fromEntries(
  Object.entries(sampleCase).filter(([name]) => name !== 'failure'),
) as unknown as CaseFile;

describe('Corpus', () => {
  it('keeps a case under the hash of its content, once', () => {
    const corpus = new Corpus(join(directory, 'new', 'corpus'));
    const { id, path } = corpus.keep(sampleCase);
    expect(corpus.keep(sampleCase).id).toBe(id);
    expect(id).toBe(caseId(sampleCase));
    expect(readdirSync(corpus.directory)).toEqual([`${id}.json`]);
    expect(readCase(path)).toEqual(sampleCase);
  });

  it('is empty when its directory does not exist', () => {
    expect(new Corpus(join(directory, 'nowhere')).list()).toEqual([]);
  });

  it('lists failures first, by clause', () => {
    const corpus = new Corpus(directory);
    for (const value of [passing, failing('b/x', 1), failing('a/x', 2)]) corpus.keep(value);
    expect(corpus.list().map((entry) => entry.case.failure?.rule)).toEqual(['a/x', 'b/x', undefined]);
  });

  it('finds cases by how their ids begin, whatever else is damaged', () => {
    const corpus = new Corpus(directory);
    const { id, path } = corpus.keep(sampleCase);
    writeFileSync(join(directory, '0damaged.json'), '[]');
    expect(corpus.find(id.slice(0, 12))).toEqual([path]);
    expect(corpus.find('none')).toEqual([]);
    expect(new Corpus(join(directory, 'nowhere')).find('')).toEqual([]);
  });

  it('passes over what a killed process left half written', () => {
    const corpus = new Corpus(directory);
    corpus.keep(sampleCase);
    writeFileSync(join(directory, '.123-abc.tmp'), '{"schema": "ic0-con');
    expect(corpus.list()).toHaveLength(1);
  });

  it('refuses a directory with a damaged case, and names the file', () => {
    writeFileSync(join(directory, 'broken.json'), '{"schema": "ic0-con');
    expect(() => new Corpus(directory).list()).toThrow(/broken\.json.*ends in the middle/);
  });

  it('says that a file cannot be read', () => {
    expect(() => readCase(join(directory, 'absent.json'))).toThrow(CaseFileError);
    expect(() => readCase(directory)).toThrow(/cannot be read/);
  });

  it('leaves the smallest case of each finding, reduced ones first', () => {
    const corpus = new Corpus(directory);
    for (const value of [
      failing('a/x', 1),
      failing('a/x', 3, true),
      failing('a/x', 2, true),
      failing('b/x', 4),
      passing,
    ]) {
      corpus.keep(value);
    }
    expect(corpus.dedupe(new Set())).toHaveLength(2);
    expect(corpus.list().map((entry) => entry.case.scenario.steps.length)).toEqual([2, 4, 13]);
  });

  it('never removes what a report names', () => {
    const corpus = new Corpus(directory);
    const named = corpus.keep(failing('a/x', 5)).id;
    const smaller = corpus.keep(failing('a/x', 1, true)).id;
    expect(corpus.dedupe(new Set([named]))).toEqual([smaller]);
    expect(corpus.list().map(({ id }) => id)).toEqual([named]);
  });

  it('keeps the same clause apart for two targets', () => {
    const corpus = new Corpus(directory);
    corpus.keep(failing('a/x', 1));
    corpus.keep({ ...failing('a/x', 1), target: 'another' });
    expect(corpus.dedupe(new Set())).toEqual([]);
  });
});

describe('Journal', () => {
  const run = { seed: 'ä seed', cases: 10 };
  const path = () => join(directory, 'deep', 'journal.jsonl');

  it('gives back what was done before', () => {
    const first = Journal.open(path(), run);
    expect(first.done).toEqual([]);
    first.append({ pieces: [0], result: { failed: 1 } });
    first.append({ pieces: [5, 6], result: { failed: 0 } });
    expect(Journal.open(path(), run).done).toEqual([
      { pieces: [0], result: { failed: 1 } },
      { pieces: [5, 6], result: { failed: 0 } },
    ]);
  });

  it('drops a last line that was torn, and goes on behind it', () => {
    Journal.open(path(), run).append({ pieces: [0], result: 'ö' });
    appendFileSync(path(), '{"pieces":[5],"res');
    Journal.open(path(), run).append({ pieces: [5], result: 1 });
    expect(Journal.open(path(), run).done.map(({ pieces }) => pieces)).toEqual([[0], [5]]);
    expect(readFileSync(path(), 'utf8').split('\n')).toHaveLength(4);
  });

  it('becomes short again, and goes away when the run is complete', () => {
    const journal = Journal.open(path(), run);
    for (const piece of [0, 1, 2]) journal.append({ pieces: [piece], result: piece });
    journal.replace({ pieces: [0, 1, 2], result: 3 });
    journal.append({ pieces: [3], result: 4 });
    expect(Journal.open(path(), run).done).toEqual([
      { pieces: [0, 1, 2], result: 3 },
      { pieces: [3], result: 4 },
    ]);
    journal.remove();
    expect(Journal.open(path(), run).done).toEqual([]);
  });

  it('refuses the journal of another run', () => {
    Journal.open(path(), run);
    expect(() => Journal.open(path(), { ...run, seed: 'b' })).toThrow(JournalError);
  });

  it('refuses a line that is no entry, and names it', () => {
    Journal.open(path(), run);
    appendFileSync(path(), '{"pieces":"x"}\n');
    expect(() => Journal.open(path(), run)).toThrow(/journal\.jsonl:2/);
  });
});
