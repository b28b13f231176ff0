// plumbing: the thread that serves — engines need a host stack that the main thread does not have
import { workerData } from 'node:worker_threads';
import { suite } from '../runner/suite.js';
import { builtinEngine } from '../targets/builtin.js';
import { Server } from './server.js';
import { serveStdio } from './stdio.js';

/** What the thread is to serve. */
export interface ServeOptions {
  readonly target: string;
  readonly blackBox: boolean;
}

const { target, blackBox } = workerData as ServeOptions;
const { engine } = await builtinEngine(target);
serveStdio(new Server(engine, { name: target, version: suite().version, blackBox }));
