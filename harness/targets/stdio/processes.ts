// plumbing: which processes of targets run, known to every thread of a process — one that hangs must not outlive the run
//
// A process is started by a thread, and a thread that is ended takes nothing along. So each thread writes the process into a cell that
// the thread which ends it reads.
import { Crash } from '../../../spec/vocabulary/engine.js';

/** Process ids, FREE, or TAKEN by a process that has not started yet or has ended. */
export type Processes = Int32Array<SharedArrayBuffer>;

const FREE = 0;
const TAKEN = -1;

/** Targets that one thread of the runner has at most: the one under test and the one that it is compared with, old and new. */
const CELLS = 8;

const known = new Set<Processes>();
let own: Processes | undefined;

/** A new register. Its processes are killed at the end of this process, if they still run. */
export function newProcesses(): Processes {
  if (known.size === 0) {
    process.on('exit', () => {
      for (const processes of known) killAll(processes);
    });
  }
  const processes = new Int32Array(new SharedArrayBuffer(4 * CELLS));
  known.add(processes);
  return processes;
}

/** From now on this thread's processes are written into a register that another thread made. */
export function shareProcesses(processes: Processes): void {
  own = processes;
}

/** A cell of this thread's register for one process. It is free again after killAll. */
export function processCell(): Processes {
  own ??= newProcesses();
  for (let i = 0; i < own.length; i++) {
    if (Atomics.compareExchange(own, i, FREE, TAKEN) === FREE) return own.subarray(i, i + 1);
  }
  throw new Crash('more targets run in one thread than can be');
}

/** Kills the processes of a register, and forgets them. */
export function killAll(processes: Processes): void {
  for (let i = 0; i < processes.length; i++) {
    const pid = Atomics.exchange(processes, i, FREE);
    if (pid <= 0) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}
