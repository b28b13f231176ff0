// plumbing: tests of what counts as another course of a run
import type { ExecutionRecord, StimulusOutcome, TransitionRecord } from '../../spec/vocabulary/record.js';
import { Course } from './course.js';

const execution = (change: Partial<ExecutionRecord> = {}): ExecutionRecord => ({
  canister: '00000000000000000101' as never,
  entryPoint: 'canister_update',
  width: 'i32',
  trace: [],
  outcome: { kind: 'returned' },
  instructions: 1n,
  calls: [],
  accepted: 0n as never,
  burned: 0n as never,
  ...change,
});

const record = (change: Partial<TransitionRecord> = {}): TransitionRecord => ({
  cause: { kind: 'execute', message: 0 as never },
  executions: [execution()],
  messages: [],
  ended: [],
  after: [],
  ...change,
});

const courseOf = (records: readonly TransitionRecord[], outcome: StimulusOutcome) => new Course().at(records, outcome);
const done = { kind: 'done' } as const;
const course = (change: Partial<ExecutionRecord>) => courseOf([record({ executions: [execution(change)] })], done);

describe('the course of a stroke', () => {
  it('is the same whatever values the canister was given', () => {
    const withTime = (result: bigint) => course({ trace: [{ name: 'time', args: [], result }], instructions: result });
    expect(withTime(1n)).toBe(withTime(2n));
  });

  it('is another one where an execution traps, or a call is not performed', () => {
    const performed = (result: bigint) => course({ trace: [{ name: 'call_perform', args: [], result }] });
    const ends = [course({}), course({ outcome: { kind: 'trapped', trap: 'explicit' } }), performed(0n), performed(2n)];
    expect(new Set(ends).size).toBe(4);
    expect(performed(2n)).toBe(performed(77n));
  });

  it('is another one where a call is rejected, or a canister loses its code', () => {
    const rejected = record({
      messages: [
        {
          kind: 'response',
          id: 2 as never,
          to: 1 as never,
          response: { kind: 'reject', code: 2, message: 'out of cycles' },
          refunded: 0n as never,
        },
      ],
    });
    expect(courseOf([rejected], done)).not.toBe(courseOf([record()], done));
  });

  it('is the same whether time passed before, or not', () => {
    const after = [{ canister: 'aa', status: 'running', moduleHash: '00' }] as never;
    const [begun, passed] = [
      record({ after }),
      record({ cause: { kind: 'advance-time', by: 1n as never }, executions: [], after }),
    ];
    const [one, other] = [new Course(), new Course()];
    expect(one.at([begun], done)).toBe(other.at([begun], done));
    expect(one.at([passed, record()], done)).toBe(other.at([record()], done));
  });

  it('does not change with timers, which may run later', () => {
    const timer = record({ cause: { kind: 'global-timer', canister: '00000000000000000101' as never } });
    expect(courseOf([record(), timer], done)).toBe(courseOf([record()], done));
  });
});
