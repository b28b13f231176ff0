// plumbing: tests of the attribution table
import { RULES } from '../../spec/rules/index.js';
import { SYSTEM_API } from '../../spec/system-api.js';
import { ENTRY_POINTS, type EntryPoint } from '../../spec/vocabulary/entry-point.js';
import { ATTRIBUTION } from './attribution-table.js';
import { attribute } from './attribution.js';
import { ASPECTS, DIVERGENCE_KINDS, PHASES, type Divergence } from './divergence.js';
import { LAWS } from './laws/index.js';

const clauses = new Set(RULES.map(({ id }) => id));
const divergence = (more: Partial<Divergence>): Divergence => ({
  kind: 'outcome',
  expected: '',
  actual: '',
  aspects: new Set(),
  phase: 'returned',
  cause: 'execute',
  ...more,
});

describe('the attribution table', () => {
  it('names only clauses that are in the catalogue', () => {
    const named = ATTRIBUTION.map(({ clause }) => clause).filter((clause) => typeof clause === 'string');
    expect(named.length).toBeGreaterThan(150);
    expect(named.filter((clause) => !clauses.has(clause))).toEqual([]);
  });

  it('has a row for every kind of divergence in every phase', () => {
    for (const kind of DIVERGENCE_KINDS) {
      if (kind === 'systemCallTrap') continue;
      for (const phase of PHASES) expect(clauses.has(attribute(divergence({ kind, phase })))).toBe(true);
    }
  });

  it('has a row for a wrong value and for a wrong trap of every import in every entry point', () => {
    for (const { name } of SYSTEM_API) {
      for (const entryPoint of Object.keys(ENTRY_POINTS) as EntryPoint[]) {
        const wrongTrap = attribute(divergence({ kind: 'systemCallTrap', import: name, entryPoint }));
        expect(clauses.has(wrongTrap)).toBe(true);
        const wrongValue = attribute(divergence({ kind: 'systemCallResult', import: name, entryPoint }));
        expect(clauses.has(wrongValue)).toBe(true);
        expect(wrongValue).not.toBe('wasm/control');
      }
    }
  });

  it('reads every aspect', () => {
    const read = new Set(ATTRIBUTION.flatMap(({ aspects = [] }) => aspects));
    expect(ASPECTS.filter((aspect) => !read.has(aspect))).toEqual([]);
  });

  it('attributes a trap for availability to the clause of the import', () => {
    const unavailable = divergence({
      kind: 'systemCallTrap',
      import: 'msg_reply',
      actualTrap: 'system-call-unavailable',
    });
    expect(attribute(unavailable)).toBe('availability/msg_reply');
  });

  it('attributes state that a trapped execution left to atomicity', () => {
    expect(attribute(divergence({ kind: 'stableMemory', phase: 'trapped' }))).toBe('atomicity/stable-memory');
    expect(attribute(divergence({ kind: 'stableMemory', phase: 'returned' }))).toBe('stable-memory/write-copies');
  });
});

describe('the laws', () => {
  it('name only clauses that are in the catalogue', () => {
    expect(LAWS.flatMap((law) => law.clauses).filter((clause) => !clauses.has(clause))).toEqual([]);
  });
});
