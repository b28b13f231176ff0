// plumbing: tests of the waiver file and of what a waiver covers
import { applyWaivers, parseWaivers, WaiverError } from './waivers.js';

const knows = (rule: string) => rule.startsWith('responding/');
const parse = (value: unknown) => parseWaivers(JSON.stringify(value), 'waivers.json', knows);

describe('parseWaivers', () => {
  it('reads rule, reason and expiry', () => {
    const waivers = [
      { rule: 'responding/reply-at-most-once', reason: 'fixed in the next release', expires: '2027-02-28' },
    ];
    expect(parse(waivers)).toEqual(waivers);
  });

  it.each([
    ['text that is not JSON', '[\n?', /^waivers\.json: not JSON: .*A waiver file is/],
    [
      'an unknown field',
      '[{"rule":"responding/x","reason":"r","until":"2027-01-01"}]',
      /waivers\.json: at \$\[0\]: no such field here: "until"/,
    ],
    ['a missing reason', '[{"rule":"responding/x"}]', /waivers\.json: at \$\[0\]: the field "reason" is missing/],
    ['an empty reason', '[{"rule":"responding/x","reason":" "}]', /waivers\.json: at \$\[0\]\.reason: it says nothing/],
    ['an unknown clause', '[{"rule":"respond/x","reason":"r"}]', /no clause 'respond\/x'/],
    [
      'a second waiver for a clause',
      '[{"rule":"responding/x","reason":"r"},{"rule":"responding/x","reason":"s"}]',
      /waivers\.json: at \$\[1\]: a second/,
    ],
    [
      'a day that does not exist',
      '[{"rule":"responding/x","reason":"r","expires":"2027-02-30"}]',
      /not a day .*2027-02-28/,
    ],
    ['an object instead of a list', '{}', /must be array/],
  ])('refuses %s and says where', (_, text, message) => {
    expect(() => parseWaivers(text, 'waivers.json', knows)).toThrow(WaiverError);
    expect(() => parseWaivers(text, 'waivers.json', knows)).toThrow(message);
  });
});

describe('applyWaivers', () => {
  const failures = [
    { rule: 'responding/a', n: 1 },
    { rule: 'responding/b', n: 2 },
    { rule: 'responding/a', n: 3 },
  ];

  it('covers every failure of its clause and no other', () => {
    const { open, waived, uses } = applyWaivers(failures, [{ rule: 'responding/a', reason: 'r' }], '2026-11-21');
    expect(open.map(({ n }) => n)).toEqual([2]);
    expect(waived.map(({ n }) => n)).toEqual([1, 3]);
    expect(uses).toEqual([{ rule: 'responding/a', reason: 'r', failures: 2, status: 'used' }]);
  });

  it('covers on its last day and not on the day after', () => {
    const waiver = { rule: 'responding/b', reason: 'r', expires: '2026-11-21' };
    expect(applyWaivers(failures, [waiver], '2026-11-21').open).toHaveLength(2);
    const late = applyWaivers(failures, [waiver], '2026-11-22');
    expect(late.open).toHaveLength(3);
    expect(late.uses[0]?.status).toBe('expired');
  });

  it('reports a waiver that covered nothing', () => {
    const { open, uses } = applyWaivers(failures, [{ rule: 'responding/c', reason: 'r' }], '2026-11-21');
    expect(open).toHaveLength(3);
    expect(uses[0]).toMatchObject({ status: 'unused', failures: 0 });
  });
});
