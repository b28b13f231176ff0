// plumbing: runs golden vectors on an engine
import type { PointerWidth, Principal } from '../../spec/vocabulary/brands.js';
import type { Engine, EngineFactory } from '../../spec/vocabulary/engine.js';
import type { RequestId } from '../../spec/vocabulary/ids.js';
import type {
  CanisterDigest,
  CyclesLedger,
  ExecutionRecord,
  Response,
  StimulusOutcome,
} from '../../spec/vocabulary/record.js';
import { profileNamed } from '../../spec/profiles/profiles.js';
import type { Choice, Scenario } from '../../spec/vocabulary/scenario.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import { drive, EngineFailure } from '../scheduler/drive.js';
import { differences, type Difference, type Observed } from './expectations.js';
import type { Vector, VectorFile } from './format.js';
import { moduleCompiler, type ModuleCompiler } from './module-text.js';
import { VectorError } from './notation.js';
import { scenarioOf } from './scenario-text.js';

interface VectorDifference extends Difference {
  /** -1: the setup, or the run as a whole. */
  readonly step: number;
}

/** How one vector went in one pointer width. */
export interface VectorResult {
  readonly chapter: string;
  readonly name: string;
  readonly width: PointerWidth;
  readonly clauses: readonly ClauseId[];
  /** Empty: as expected. */
  readonly differences: readonly VectorDifference[];
}

/** Compiles the vectors of files once, so that they can run on several engines. */
interface PreparedVector {
  readonly chapter: string;
  readonly vector: Vector;
  readonly width: PointerWidth;
  readonly scenario: Scenario;
}

/**
 * The scenarios of all vectors, in the order of the files.
 * @throws VectorError where a vector cannot be read
 */
export async function prepareVectors(files: readonly VectorFile[]): Promise<readonly PreparedVector[]> {
  const compilerFor = await moduleCompiler();
  return files.flatMap((file) =>
    file.vectors.flatMap((vector) => {
      const compile = compilerFor({ ...file.modules, ...vector.modules });
      return (vector.widths ?? ['i32']).map((width) => prepare(file.chapter, vector, width, compile));
    }),
  );
}

function prepare(chapter: string, vector: Vector, width: PointerWidth, compile: ModuleCompiler): PreparedVector {
  try {
    return { chapter, vector, width, scenario: scenarioOf(vector, width, compile) };
  } catch (error) {
    throw new VectorError(
      `${chapter}: ${vector.name} (${width}): ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Collects what each step shows. */
class StepRecorder {
  outcome: StimulusOutcome | undefined;
  readonly ended = new Map<RequestId, Response>();
  readonly executions: ExecutionRecord[] = [];
  enabled: readonly Choice[] = [];

  constructor(
    readonly before: ReadonlyMap<Principal, CanisterDigest>,
    readonly after: Map<Principal, CanisterDigest>,
  ) {}

  get observed(): Observed {
    return this;
  }
}

/** Runs one vector on a fresh engine. */
export function runVector(factory: EngineFactory, { chapter, vector, width, scenario }: PreparedVector): VectorResult {
  const profile = profileNamed(scenario.profile);
  if (profile === undefined) throw new VectorError(`${vector.name}: no profile ${scenario.profile}`);
  const engine = factory({
    profile,
    time: scenario.setup.time,
    modules: scenario.modules.map((module) => {
      if (module.kind !== 'wasm') throw new VectorError(`${vector.name}: not a module of bytes`);
      return module.bytes;
    }),
    trace: true,
  });
  try {
    return {
      chapter,
      name: vector.name,
      width,
      clauses: vector.clauses,
      differences: observe(engine, vector, scenario),
    };
  } catch (error) {
    if (!(error instanceof EngineFailure)) throw error;
    const actual = `${error.cause instanceof Error ? error.cause.name : 'threw'}: ${error.message}`;
    const threw = { step: -1, what: 'engine', expected: 'carries out the vector', actual };
    return { chapter, name: vector.name, width, clauses: vector.clauses, differences: [threw] };
  } finally {
    engine.dispose();
  }
}

function observe(engine: Engine, vector: Vector, scenario: Scenario): readonly VectorDifference[] {
  const recorders = new Map<number, StepRecorder>();
  const setupFailures: VectorDifference[] = [];
  let digests: ReadonlyMap<Principal, CanisterDigest> = new Map();
  const recorderOf = (step: number): StepRecorder => {
    const known = recorders.get(step);
    if (known !== undefined) return known;
    const recorder = new StepRecorder(digests, new Map(digests));
    recorders.set(step, recorder);
    return recorder;
  };
  drive(scenario, engine, undefined, {
    transition: ({ step, actual, outcome }) => {
      const recorder = recorderOf(step);
      if (outcome !== undefined) recorder.outcome = outcome.actual;
      if (step === -1 && isRejected(outcome?.actual)) {
        setupFailures.push({
          step,
          what: 'setup',
          expected: `${actual.cause.kind} succeeds`,
          actual: 'it was rejected',
        });
      }
      for (const { request, response } of actual.ended) recorder.ended.set(request, response);
      recorder.executions.push(...actual.executions);
      for (const digest of actual.after) recorder.after.set(digest.canister, digest);
      if (actual.cause.kind === 'delete' && !isRejected(outcome?.actual)) recorder.after.delete(actual.cause.canister);
      recorder.enabled = engine.enabled();
      digests = recorder.after;
      return true;
    },
    enabledDiffer: () => true,
  });
  const requests = new Map<number, RequestId>();
  for (const [step, { outcome }] of recorders) if (outcome?.kind === 'accepted') requests.set(step, outcome.request);
  let last = recorders.get(-1);
  const found = vector.steps.flatMap(({ expect }, step): readonly VectorDifference[] => {
    const recorder: StepRecorder = recorders.get(step) ?? quiet(last);
    last = recorder;
    return expect === undefined ? [] : differences(expect, recorder.observed, requests).map((d) => ({ step, ...d }));
  });
  return [...setupFailures, ...found, ...ledgerDifferences(engine.ledger())];
}

function isRejected(outcome: StimulusOutcome | undefined): boolean {
  return outcome?.kind === 'responded' && outcome.response.kind === 'reject';
}

/** A step in which nothing happened. */
function quiet(previous: StepRecorder | undefined): StepRecorder {
  const digests = previous?.after ?? new Map<Principal, CanisterDigest>();
  const recorder = new StepRecorder(digests, new Map(digests));
  recorder.enabled = previous?.enabled ?? [];
  return recorder;
}

/** cycles/conserved, on every vector. */
function ledgerDifferences(ledger: CyclesLedger): readonly VectorDifference[] {
  const { putIn, balances, reserved, inMessages, inCallContexts, setAside, burned, charged, lost } = ledger;
  const held = balances + reserved + inMessages + inCallContexts + setAside + burned + charged + lost;
  return held === putIn
    ? []
    : [{ step: -1, what: 'cycles in the ledger', expected: `${putIn} put in`, actual: `${held}` }];
}
