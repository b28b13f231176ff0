// plumbing: short second opinions on every run of the tests, and tests that a difference is noticed
import { codeCampaign, instructionCampaign, mutationCampaign } from './campaigns.js';
import { explain } from './differences.js';
import { Pair, v8 } from './engines.js';
import { modelVerdict } from './mutations.js';
import { oneInstruction, ROWS } from './one-instruction.js';
import { drawFrom } from './random.js';
import { assemble, RESULTS_AT, storeLocal, type Subject } from './subject.js';

const SEED = 'npm test';

/** A subject that divides what is at 0 and 16. */
const division: Subject = {
  width: 'i32',
  locals: ['f64'],
  code: [
    ['i32.const', 0n],
    ['f64.load', 0, 0n],
    ['i32.const', 16n],
    ['f64.load', 0, 0n],
    ['f64.div'],
    ['local.set', 0],
    ...storeLocal('f64', 0, RESULTS_AT, 'i32'),
  ],
};

describe('second opinions', () => {
  it('agrees with V8 on every instruction, with boundary and random operands', () => {
    const { runs, unexplained } = instructionCampaign(2 * ROWS.length, SEED);
    expect(unexplained).toEqual([]);
    expect(runs).toBeGreaterThanOrEqual(2 * ROWS.length);
  });

  it('agrees with V8 on random code', () => {
    expect(codeCampaign(80, SEED).unexplained).toEqual([]);
  });

  it('agrees with V8 on whether mutated binaries are modules, or the reason is listed', async () => {
    expect((await mutationCampaign(250, SEED)).unexplained).toEqual([]);
  });
});

describe('a second opinion', () => {
  it('has a module for every row of the instruction table, with the instruction in it', () => {
    for (const row of ROWS) {
      const { code } = oneInstruction(row, drawFrom(row.mnemonic));
      expect(code.map(([mnemonic]) => mnemonic)).toContain(row.mnemonic);
    }
  });

  it('notices one bit of difference', () => {
    const pair = new Pair(division);
    pair.write(0, new Uint8Array(new Float64Array([1, 0, 3]).buffer));
    expect(pair.run()).toBeUndefined();
    const instances = pair as unknown as {
      readonly model: { readonly memoryZero: { write(o: bigint, b: Uint8Array): void } };
    };
    instances.model.memoryZero.write(0n, Uint8Array.of(1));
    expect(pair.run()).toMatch(/^memory at 0: 01.*, in V8 00/);
  });

  it('notices that only one engine traps', () => {
    const pair = new Pair({
      width: 'i32',
      locals: [],
      code: [['i32.const', 0n], ['i32.load', 0, 0n], ['if', { params: [], results: [] }], ['unreachable'], ['end']],
    });
    const instances = pair as unknown as {
      readonly model: { readonly memoryZero: { write(o: bigint, b: Uint8Array): void } };
    };
    instances.model.memoryZero.write(0n, Uint8Array.of(1));
    expect(pair.run()).toBe('the model: unreachable, V8: returned');
  });

  it('makes NaN canonical in the module for V8 only', () => {
    expect(assemble(division, true).length).toBeGreaterThan(assemble(division, false).length);
    const pair = new Pair(division);
    // 0 / 0, whose sign V8 on this machine leaves negative.
    pair.write(0, new Uint8Array(32));
    expect(pair.run()).toBeUndefined();
  });

  it('explains a feature that V8 has and canisters have not, and nothing without a reason', () => {
    const tailCall = assemble({ width: 'i32', locals: [], code: [] }, false);
    expect(modelVerdict(tailCall)).toEqual({ kind: 'accepted' });
    expect(v8.validate(tailCall)).toBe(true);
    expect(explain({ kind: 'decode', message: 'm', feature: 'tail calls' }, true, false)).toMatch(/feature/);
    expect(explain({ kind: 'decode', message: 'm', feature: undefined }, true, true)).toBeUndefined();
    expect(explain({ kind: 'accepted' }, false, false)).toBeUndefined();
  });
});
