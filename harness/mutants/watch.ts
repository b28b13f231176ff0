// plumbing: workers that hunt mutants, watched: one that hangs or dies is caught, and the others are hunted on
import { Worker } from 'node:worker_threads';
import { STACK_MB } from '../stack.js';
import { brokenCatch, type Catch, type HuntOptions } from './hunt.js';
import { mutants } from './index.js';
import { CASE, RUNNING, RUNS, type Hunt } from './worker.js';

const HEAP_MB = 2048;
/** How often a worker is looked at. */
const LOOK_MS = 250;

/** Why a worker ended before its hunt was over. */
interface Ended {
  readonly kind: 'hang' | 'died';
  readonly reason: string;
  readonly mutant: string | undefined;
  readonly k: number;
}

/**
 * Hunts the named mutants in one worker at a time. A mutant that hangs it, or takes it down, counts as caught by that.
 * @param timeout milliseconds that one run of a case may take at most
 */
export async function huntWatched(
  names: readonly string[],
  options: Omit<HuntOptions, 'running'>,
  timeout: number,
  caught: (one: Catch) => void,
): Promise<void> {
  const left = new Set(names);
  let idle = 0;
  while (left.size > 0) {
    const before = left.size;
    const ended = await huntOnce([...left], options, timeout, (one) => {
      left.delete(one.mutant);
      caught(one);
    });
    if (ended === undefined) return;
    const mutant = mutants.find(({ name }) => name === ended.mutant);
    if (mutant !== undefined && left.delete(mutant.name)) {
      caught(brokenCatch(mutant, ended.k, ended.kind, ended.reason));
    }
    // A worker that cannot even begin is no fault of a mutant.
    idle = left.size < before ? 0 : idle + 1;
    if (idle > 1) throw new Error(`a worker that hunts mutants ${ended.reason}`);
  }
}

/** @returns undefined when the hunt came to its end */
function huntOnce(
  names: readonly string[],
  options: Omit<HuntOptions, 'running'>,
  timeout: number,
  caught: (one: Catch) => void,
): Promise<Ended | undefined> {
  const progress = new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT);
  const shared = new Int32Array(progress);
  const hunt: Hunt = { names, options, progress };
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./worker.bundle.js', import.meta.url), {
      workerData: hunt,
      resourceLimits: { stackSizeMb: STACK_MB, maxOldGenerationSizeMb: HEAP_MB },
    });
    const end = (kind: Ended['kind'], reason: string): void => {
      clearInterval(timer);
      worker.removeAllListeners();
      void worker.terminate();
      const mutant = Atomics.load(shared, RUNS) === 0 ? undefined : names[Atomics.load(shared, RUNNING)];
      resolve({ kind, reason, mutant, k: Atomics.load(shared, CASE) });
    };
    let runs = 0;
    let stood = 0;
    const timer = setInterval(() => {
      const now = Atomics.load(shared, RUNS);
      stood = now === runs ? stood + LOOK_MS : 0;
      runs = now;
      if (runs > 0 && stood >= timeout) end('hang', `did not finish a case within ${timeout} ms`);
    }, LOOK_MS);
    worker.on('message', caught);
    worker.on('error', (error) => {
      end('died', `died: ${error.message}`);
    });
    worker.on('exit', (code) => {
      clearInterval(timer);
      if (code === 0) resolve(undefined);
      else end('died', `ended with code ${code}`);
    });
  });
}
