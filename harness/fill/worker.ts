// plumbing: the thread that makes static cases: the model needs the stack that the runner's workers have
import { parentPort, workerData } from 'node:worker_threads';
import { fillDirectory, type FillOptions } from './directory.js';

const port = parentPort;
if (port === null) throw new Error('worker.js is not a program: the command fill starts it');

const index = await fillDirectory(workerData as FillOptions, (done) => {
  port.postMessage({ done });
});
port.postMessage({ index });
