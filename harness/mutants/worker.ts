// plumbing: the thread that hunts mutants, and what it shares with the one that watches it
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { huntExecutor, huntModel, type HuntOptions } from './hunt.js';
import { mutants } from './index.js';

/** What a worker is to hunt. */
export interface Hunt {
  /** Names, in the order of the catalogue. */
  readonly names: readonly string[];
  readonly options: Omit<HuntOptions, 'running'>;
  /** Three numbers: index in `names` of the mutant that is running, number of the case, and how many runs there were. */
  readonly progress: SharedArrayBuffer;
}

/** Places in `Hunt.progress`. */
export const RUNNING = 0;
export const CASE = 1;
export const RUNS = 2;

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  const { names, options, progress } = workerData as Hunt;
  const shared = new Int32Array(progress);
  const places = new Map(names.map((name, i) => [name, i]));
  const chosen = mutants.filter(({ name }) => places.has(name));
  const running = (mutant: string, k: number): void => {
    Atomics.store(shared, RUNNING, places.get(mutant) ?? 0);
    Atomics.store(shared, CASE, k);
    Atomics.add(shared, RUNS, 1);
  };
  const caught = (one: unknown): void => {
    port.postMessage(one);
  };
  const ofModel = chosen.filter(({ family }) => family === 'model');
  const ofExecutor = chosen.filter(({ family }) => family !== 'model');
  await huntModel(ofModel, caught);
  await huntExecutor(ofExecutor, { ...options, running }, caught);
}
