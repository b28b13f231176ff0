// plumbing: tests of the output formats
import { Writable } from 'node:stream';
import { conclusionOf, coverageOf, judgedNothing, sentenceOf } from './figures.js';
import { FORMATS, type Format } from './formats.js';
import { htmlText } from './html.js';
import { decodeReport } from './json.js';
import { junitText } from './junit.js';
import { markdownText } from './markdown.js';
import { DEFAULT_CORPUS, type Report } from './report.js';
import { showProgress, table, terminalText } from './terminal.js';
import { sampleFailure, sampleReport, sampleStory } from './testing/sample.js';
import { present } from '../spec/testing/present.js';

const clean: Report = {
  ...sampleReport,
  totals: { cases: 10, passed: 10, failed: 0, skipped: 0, poisoned: 0, errored: 0 },
  rules: sampleReport.rules.map((rule) => ({ ...rule, failures: 0 })),
  failures: [],
  skipped: [],
};
const waived: Report = {
  ...sampleReport,
  totals: { ...sampleReport.totals, errored: 0, skipped: 5 },
  waived: [{ rule: 'atomicity/wasm-memory', reason: 'known <bug>', failures: 3, status: 'used' }],
};

/** Names that would do harm if a format forgot to escape. */
const nasty: Report = {
  ...sampleReport,
  target: { ...sampleReport.target, name: '<script>&"\'|`\u0007]]>' },
  failures: [{ ...sampleFailure, story: { ...sampleStory, headline: '<b>&\u0000```|' } }],
};

/** Whether every element of an XML text is closed in order, and nothing but known entities is used. */
function isWellFormed(xml: string): boolean {
  const open: string[] = [];
  const rest = xml.replace(
    /<\?xml[^>]*\?>|<(\/?)(\w+)((?:\s+\w+="[^"<]*")*)\s*(\/?)>/g,
    (_, slash: string | undefined, name: string | undefined, _attributes, empty: string) => {
      if (name === undefined) return '';
      if (slash === '/') return open.pop() === name ? '' : '<';
      if (empty !== '/') open.push(name);
      return '';
    },
  );
  return open.length === 0 && !rest.includes('<') && !/&(?!amp;|lt;|gt;|quot;|#\d+;)/.test(xml);
}

describe('the conclusion of a report', () => {
  it('conforms when nothing failed and everything was judged', () => {
    expect(conclusionOf(clean)).toBe('conforms');
  });

  it('is a violation when a clause failed, complete or not', () => {
    expect(conclusionOf(sampleReport)).toBe('violated');
    expect(conclusionOf({ ...sampleReport, complete: false })).toBe('violated');
    expect(sentenceOf({ ...sampleReport, complete: false })).toContain('incomplete');
  });

  it('is a violation when a case failed for no clause of the catalogue', () => {
    expect(conclusionOf({ ...clean, totals: { ...clean.totals, failed: 1 } })).toBe('violated');
  });

  it('never conforms when the run is incomplete or a case errored', () => {
    expect(conclusionOf({ ...clean, complete: false })).toBe('incomplete');
    expect(conclusionOf({ ...clean, totals: { ...clean.totals, errored: 1 } })).toBe('incomplete');
  });

  it('conforms when waivers cover every failure, and says how many', () => {
    expect(conclusionOf(waived)).toBe('conforms');
    expect(sentenceOf(waived)).toContain('1 clause waived');
  });

  it('is a violation when the waiver has expired', () => {
    const expired = waived.waived.map((waiver) => ({ ...waiver, status: 'expired' as const }));
    expect(conclusionOf({ ...waived, waived: expired })).toBe('violated');
  });

  it('counts cells by import, entry point and width', () => {
    expect(coverageOf(sampleReport)).toEqual({
      imports: 74,
      importsReached: 2,
      cellsReached: 4,
      cellsMissing: 1,
      checks: 14,
      failures: 1,
    });
  });
});

describe('every format', () => {
  const names = Object.keys(FORMATS) as Format[];
  const figures = ['terminal', 'markdown', 'html'] as const;
  const { reached } = sampleReport;
  const blackBox: Report = {
    ...sampleReport,
    matrix: {},
    reached: { ...reached, entryPoints: {}, traps: {}, trapPoints: {} },
  };
  const check: Report = {
    ...sampleReport,
    reached: { ...reached, families: { check: sampleReport.totals } },
  };

  it.each(figures)('%s does not say of what cannot be seen that it was not reached', (name) => {
    const text = FORMATS[name].render(blackBox, false);
    expect(text).toContain('not visible for this target');
    expect(text).not.toMatch(/of 74 imports|\d (cells|entry points|traps)|canister_inspect_message/);
    expect(text).toMatch(/2 clauses: calls/);
  });

  it.each(figures)('%s does not list what the canisters of a user do not use', (name) => {
    const text = FORMATS[name].render(check, false);
    expect(text).toContain('2 of 74 imports');
    expect(text).not.toMatch(/[Nn]ot reached( |, )+\d/);
  });

  const none = { calls: 0, replied: 0, rejected: 0, trapped: 0, refused: 0 };
  const withCanisters: Report = {
    ...check,
    profile: 'check',
    canisters: {
      counter: {
        typed: true,
        installs: { install: { ...none, calls: 3, replied: 3 } },
        methods: { add: { calls: 9, replied: 5, rejected: 1, trapped: 2, refused: 1 }, get: { ...none, calls: 4, trapped: 4, trap: { firstCase: 1, text: 'canister_query trapped (instruction-limit)' } }, set: none }, // prettier-ignore
      },
      wallet: {
        typed: false,
        installs: {
          install: { ...none, calls: 4, trapped: 4, trap: { firstCase: 2, text: 'canister_init trapped: no owner' } },
        },
        methods: { '\u001b[1m': { ...none, calls: 2, refused: 2 } },
      },
    },
  };

  it.each(figures)('%s says how far calls to the canisters of a user got, and what would help', (name) => {
    const text = FORMATS[name].render(withCanisters, false).replace(/\\/g, '');
    expect(text).toContain('counter: 1 of 3 methods replied; 1 called and never did, 1 never called');
    expect(text).toContain('wallet was never installed: canister_init trapped: no owner. Give an argument');
    expect(text).toContain('wallet does not say what types its methods have');
    expect(text).toContain('get never replied: canister_query trapped (instruction-limit)');
    expect(text).toContain('counter ran out of instructions in get. Use a profile with higher limits than check has');
    expect(text).not.toContain('counter was');
    expect(text).not.toContain('\u001b');
  });

  it('a canister that was never installed is no reason to call a target conforming', () => {
    const { canisters = {} } = withCanisters;
    const passed: Report = { ...clean, canisters };
    expect([conclusionOf(passed), judgedNothing(passed)]).toEqual(['incomplete', true]);
    expect(sentenceOf(passed)).toMatch(/^Incomplete: wallet was never installed, so that nothing was judged of it/);
    expect(conclusionOf({ ...passed, canisters: { counter: present(canisters['counter']) } })).toBe('conforms');
  });

  it.each(figures)('%s says which entry points ran', (name) => {
    const text = FORMATS[name].render(withCanisters, false).replace(/\\/g, '');
    expect(text).toMatch(/canister_update 300, start 3/);
  });

  it('json keeps what is said of the canisters of a user', () => {
    expect(decodeReport(FORMATS.json.render(withCanisters), 'x').canisters).toEqual(withCanisters.canisters);
  });

  it('tells a canister that is out of instructions from one that takes other arguments', () => {
    const { wallet } = present(withCanisters.canisters);
    const trap = { firstCase: 0, text: 'canister_init trapped (instruction-limit)' };
    const installs = { install: { ...none, calls: 1, trapped: 1, trap } };
    const text = FORMATS.terminal.render(
      { ...withCanisters, canisters: { wallet: { ...present(wallet), installs } } },
      false,
    );
    expect(text).toContain('(instruction-limit). Use a profile with higher limits than check has');
  });

  it.each(names)('%s names target, seed, clause and conclusion', (name) => {
    const text = FORMATS[name].render(sampleReport, false);
    for (const part of ['mutant:keeps-memory', 'wasm-memory']) expect(text).toContain(part);
    expect(text).toMatch(/a (&amp;|&) b/);
  });

  it.each(names)('%s is the same for the same report', (name) => {
    expect(FORMATS[name].render(sampleReport, false)).toBe(FORMATS[name].render(structuredClone(sampleReport), false));
  });

  it.each(names)('%s tells the story of each listed failure', (name) => {
    const text = FORMATS[name].render(sampleReport, false);
    expect(text).toContain('npx ic0-conformance replay corpus/abc.json');
    expect(text).toContain('nothing that it did may stay');
  });
});

describe('replay commands', () => {
  const elsewhere: Report = { ...sampleReport, host: { ...sampleReport.host, corpus: "it's here" } };
  const people = (['terminal', 'junit', 'markdown', 'html'] as const).map((name) => FORMATS[name]);

  it('name the corpus where it is not the default one, but not in the report itself', () => {
    const word = String.raw`--corpus 'it'\''s here'`;
    expect(FORMATS.terminal.render(elsewhere, false)).toContain(`replay corpus/abc.json ${word}`);
    for (const { render } of people) expect(render(elsewhere, false)).toContain('--corpus');
    expect(FORMATS.json.render(elsewhere)).not.toContain('--corpus');
    const usual = { ...elsewhere, host: { ...elsewhere.host, corpus: DEFAULT_CORPUS } };
    for (const { render } of people) expect(render(usual, false)).not.toContain('--corpus');
  });

  it('are there for errored cases too', () => {
    const skipped = sampleReport.skipped.map((skip) => ({ ...skip, replay: 'npx ic0-conformance replay 0123' }));
    for (const { render } of people) expect(render({ ...elsewhere, skipped }, false)).toMatch(/replay 0123 --corpus/);
  });
});

describe('terminal', () => {
  it('ends with the conclusion', () => {
    expect(terminalText(sampleReport, { color: false }).trimEnd().split('\n').at(-1)).toBe(sentenceOf(sampleReport));
  });

  it('has no escape sequences without colour, and some with it', () => {
    expect(terminalText(sampleReport, { color: false })).not.toContain('\u001b');
    expect(terminalText(sampleReport, { color: true })).toContain('\u001b[1;31m');
  });

  it('shows figures by family, what was not reached, why cases were not judged, and waivers', () => {
    const text = terminalText(sampleReport, { color: false });
    expect(text).toMatch(/atomicity +60 +51 +3 +4 +2 +0/);
    expect(text).toContain('not reached   1 entry point: canister_inspect_message');
    expect(text).toContain('errored       1 case: a worker died (first: case 70)');
    expect(text).toContain('waiver        time/constant: unused');
    expect(text).toContain('2 of 74 imports, 4 of 5 cells');
    expect(text).toContain('not reached   2 clauses: calls/queue, time/constant');
    expect(text).toContain('2 of 5 judged, 1 the target cannot show, 2 not reached (1 must, 1 may); 0 more are');
  });

  it('says so when failures are not listed', () => {
    expect(terminalText({ ...sampleReport, failures: [] }, { color: false })).toContain('--max-failures');
  });

  it('aligns the columns of a table', () => {
    expect(table([['a', '1'], ['long', '100']])).toEqual(['a       1', 'long  100']); // prettier-ignore
  });
});

describe('progress', () => {
  /** A stream that remembers what was written; a terminal or not. */
  function pipe(isTTY = false): { readonly stream: NodeJS.WriteStream; readonly written: () => string } {
    let written = '';
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        written += String(chunk);
        done();
      },
    });
    const shown = Object.assign(stream, { isTTY, columns: 80, rows: 24 });
    return { stream: shown as unknown as NodeJS.WriteStream, written: () => written };
  }
  const totals = (cases: number) => ({ ...clean.totals, cases });

  it('writes a plain line every tenth of the run where there is no terminal', () => {
    const { stream, written } = pipe();
    const progress = showProgress(stream);
    for (let cases = 1; cases <= 100; cases++) progress.update(totals(cases), 100);
    progress.stop();
    expect(written().split('\n')).toHaveLength(11);
    expect(written()).toContain('50 of 100 cases, 0 failed');
    expect(written()).not.toContain('\u001b');
  });

  it('writes a line for a jump over several tenths, and none after the end', () => {
    const { stream, written } = pipe();
    const progress = showProgress(stream);
    progress.update(totals(55), 100);
    progress.update(totals(56), 100);
    progress.stop();
    progress.update(totals(100), 100);
    expect(written()).toBe('55 of 100 cases, 0 failed, 0 errored\n');
  });

  it('on a terminal is a bar, which is removed once: nothing is written over the report', () => {
    const { stream, written } = pipe(true);
    const progress = showProgress(stream);
    progress.update(totals(1), 100);
    progress.stop();
    const before = written();
    // The cursor is shown again.
    expect(before).toContain('\u001b[?25h');
    progress.stop();
    progress.update(totals(2), 100);
    expect(written()).toBe(before);
  });

  it('writes a line every thousand cases where the end is not known', () => {
    const { stream, written } = pipe();
    const progress = showProgress(stream);
    for (const cases of [999, 1000, 1999, 2500]) progress.update(totals(cases));
    expect(written().split('\n').slice(0, -1)).toEqual([
      '1000 cases, 0 failed, 0 errored',
      '2500 cases, 0 failed, 0 errored',
    ]);
  });
});

describe('junit', () => {
  it('has one test for each clause, and one for the run', () => {
    expect(junitText(sampleReport).match(/<testcase /g)).toHaveLength(sampleReport.rules.length + 1);
  });

  it('is well-formed, whatever the texts contain', () => {
    expect(isWellFormed(junitText(sampleReport))).toBe(true);
    expect(isWellFormed(junitText(nasty))).toBe(true);
    expect(isWellFormed('<a b="1"><c></a></c>')).toBe(false);
  });

  it('counts failures, errors and skips', () => {
    expect(junitText(sampleReport)).toContain('tests="6" failures="1" errors="1" skipped="3"');
    expect(junitText(clean)).toContain('failures="0" errors="0"');
  });

  it('says why a clause was skipped', () => {
    const text = junitText(sampleReport);
    expect(text).toContain('message="not judged: the target shows no traces"');
    expect(text).toContain('message="not judged: no case of this run reached it"');
  });

  it('shows a waived failure as skipped with its reason', () => {
    const text = junitText(waived);
    expect(text).toContain('message="waived: known &lt;bug&gt; (3 failures)"');
    expect(text).not.toContain('<failure');
  });

  it('fails the test of the run when that is incomplete', () => {
    expect(junitText({ ...clean, complete: false })).toContain('<error message="Incomplete: the run was cut short');
  });
});

describe('html', () => {
  it('needs nothing from outside and runs no script', () => {
    const text = htmlText(nasty);
    expect(text).not.toMatch(/<script|<link|<img|src=|@import|url\(/);
    expect(text).not.toMatch(/https?:/);
  });

  it('escapes whatever the report says', () => {
    expect(htmlText(nasty)).toContain('&lt;script&gt;&amp;&quot;&#39;|`');
    expect(htmlText(nasty)).toContain('&lt;b&gt;&amp;');
  });

  it('keeps the lines of an execution apart', () => {
    expect(htmlText(sampleReport)).toMatch(
      /<pre><strong class="fail">ic0\.msg_reply\(\)<\/strong>\ntrapped: .*\nresponded: .*\n/,
    );
  });

  it('shows every import of the table, available or not, with its checks', () => {
    const text = htmlText(sampleReport);
    expect(text.match(/<code>msg_reply<\/code>/g)).toHaveLength(1);
    expect(text).toContain('title="canister_update: 5 in wasm32, 4 in wasm64"');
    expect(text).toContain('1 of 9');
  });
});

describe('markdown', () => {
  it('keeps the rows of its tables whole, whatever the texts contain', () => {
    for (const line of markdownText(nasty).split('\n')) {
      if (line.startsWith('| `')) expect(line.replace(/\\\|/g, '').endsWith('|')).toBe(true);
    }
    expect(markdownText(nasty)).not.toContain('<script>');
  });

  it('fences a story that contains fences with a longer one', () => {
    expect(markdownText(nasty)).toContain('````text');
  });
});
