// plumbing: the thread that runs cases
import { parentPort, workerData } from 'node:worker_threads';
import { investigate, minimizeCase, replayCase } from './investigate.js';
import { CaseRunner, prepareJob, type JobSpec } from './job.js';
import type { Answer, Task } from './pool.js';

const port = parentPort;
if (port === null) throw new Error('worker.js is not a program: the runner starts it');

const runner = prepareJob(workerData as JobSpec).then((job) => new CaseRunner(job));

async function answer(task: Task): Promise<Answer> {
  try {
    const cases = await runner;
    switch (task.kind) {
      case 'cases':
        return { kind: 'cases', aggregate: cases.run(task.cases) };
      case 'investigate':
        return { kind: 'investigate', finding: await investigate(cases.job, task.k, task.budget) };
      case 'replay':
        return { kind: 'replay', replay: await replayCase(cases.job, task.id, task.case) };
      case 'minimize':
        return { kind: 'minimize', case: await minimizeCase(cases.job, task.case, task.budget) };
    }
  } catch (error) {
    return { kind: 'lost', reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

port.on('message', (task: Task) => {
  void answer(task).then((result) => {
    port.postMessage(result);
  });
});
