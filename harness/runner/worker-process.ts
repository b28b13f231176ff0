// plumbing: the process of one worker — a thread in it runs the cases; the process passes messages on, and leaves nothing running
//
// The cases need a thread, because only a thread can have the large stack; and the thread needs a process of its own, because only the
// end of a process frees what V8 keeps of each module (docs/performance.md, "Memory over many cases"). The process itself does
// nothing that takes time, so that it hears at once that it is to stop.
import { Worker } from 'node:worker_threads';
import { STACK_MB } from '../stack.js';
import { killAll, newProcesses } from '../targets/stdio/processes.js';
import { optimiseLater } from '../v8-flags.js';
import type { WorkerData } from './pool.js';
import { killGroup } from './process-group.js';
import type { FromProcess, ToProcess } from './worker-child.js';

if (process.send === undefined) throw new Error('worker-process.js is not a program: the runner starts it');

const HEAP_MB = 3072;
/** A case makes much that is gone when it ends: a third of this holds what a chunk of cases makes, so that V8 collects between chunks only. */
const NURSERY_MB = 192;

const processes = newProcesses();
let thread: Worker | undefined;
let isEnding = false;

/** Nobody wants to know any more: ends the targets and everything else, whatever the thread is at. */
function stop(): void {
  killAll(processes);
  killGroup(process.pid);
  process.exit(1);
}

function tell(message: FromProcess): void {
  // Where nobody listens any more, `disconnect` follows.
  process.send?.(message, undefined, undefined, () => undefined);
}

function started(spec: WorkerData['spec']): Worker {
  const worker = new Worker(new URL('./worker.bundle.js', import.meta.url), {
    workerData: { spec, processes } satisfies WorkerData,
    resourceLimits: { stackSizeMb: STACK_MB, maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: NURSERY_MB },
  });
  worker.on('message', tell);
  worker.on('error', (error) => {
    tell({ kind: 'gone', reason: `the worker died: ${error.message}` });
  });
  worker.on('exit', (code) => {
    if (isEnding) process.exit(0);
    tell({ kind: 'gone', reason: `the worker exited with code ${code}` });
  });
  return worker;
}

// Ctrl-C, and schedulers that end all processes of a run, mean the run: it says then what is to become of its workers.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('disconnect', stop);
process.on('message', (message: ToProcess) => {
  switch (message.kind) {
    case 'job':
      thread = started(message.spec);
      break;
    case 'stop':
      stop();
      break;
    case 'end':
      isEnding = true;
      thread?.postMessage(message);
      break;
    default:
      thread?.postMessage(message);
  }
});
optimiseLater();
