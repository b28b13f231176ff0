// plumbing: the thread that runs cases
import { parentPort, workerData } from 'node:worker_threads';
import { shareProcesses } from '../targets/stdio/processes.js';
import { CaseRunner, prepareJob } from './job.js';
import type { Answer, End, Task, WorkerData } from './pool.js';

const port = parentPort;
if (port === null) throw new Error('worker.js is not a program: the runner starts it');

const { spec, processes } = workerData as WorkerData;
shareProcesses(processes);
const runner = prepareJob(spec).then((job) => new CaseRunner(job));

async function answer(task: Task): Promise<Answer> {
  try {
    const cases = await runner;
    if (task.kind === 'cases') return { kind: 'cases', aggregate: cases.run(task.cases) };
    if (task.kind === 'save') return { kind: 'save', replay: cases.save(task.k) };
    if (task.kind === 'keep') {
      const { keepReduced } = await import('./interesting.js');
      return { kind: 'keep', id: await keepReduced(cases.job, task.k, task.clauses, task.budget) };
    }
    // Most workers never need what tells and reduces a case.
    const { investigate, minimizeCase, replayCase } = await import('./investigate.js');
    switch (task.kind) {
      case 'investigate':
        return { kind: 'investigate', finding: await investigate(cases.job, task.k, task.budget) };
      case 'replay':
        return { kind: 'replay', replay: await replayCase(cases.job, task.id, task.case) };
      case 'minimize':
        return { kind: 'minimize', minimized: await minimizeCase(cases.job, task.case, task.budget) };
    }
  } catch (error) {
    return { kind: 'lost', reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

async function end(): Promise<void> {
  try {
    const { job } = await runner;
    await job.close?.();
  } finally {
    port?.close();
  }
}

/** Between two chunks of cases next to nothing is alive that was made lately: collecting it now spares copying what lives amid a chunk. */
function collectYoung(): void {
  globalThis.gc?.({ type: 'minor' });
}

port.on('message', (task: Task | End) => {
  if (task.kind === 'end') void end().catch(() => undefined);
  else
    void answer(task).then((result) => {
      port.postMessage(result);
      collectYoung();
    });
});
