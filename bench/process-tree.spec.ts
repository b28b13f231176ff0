// plumbing: tests of what is measured of a tree of processes
import { spawn } from 'node:child_process';
import { CAN_MEASURE, residentSet } from './process-tree.js';

const MB = 1_000_000;
const PARENT = `
  const { spawn } = require('node:child_process');
  const held = Buffer.alloc(100e6, 1);
  const child = spawn(process.execPath, ['-e', \`const held = Buffer.alloc(200e6, 1); process.title = 'a) S 1 (b'; console.log('ready'); setInterval(() => held[0], 1000);\`], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.pipe(process.stdout);
  process.stdin.on('end', () => { child.kill('SIGKILL'); process.exit(held[0]); }).resume();`;

(CAN_MEASURE ? it : it.skip)(
  'the memory of a process is its own and that of all below it, until they end',
  async () => {
    const root = spawn(process.execPath, ['-e', PARENT], { stdio: ['pipe', 'pipe', 'inherit'] });
    await new Promise((ready) => root.stdout.once('data', ready));
    const { bytes, processes } = residentSet(root.pid!);
    const ended = new Promise((end) => root.once('exit', end));
    root.stdin.end();
    await ended;
    expect(processes).toBe(2);
    expect(bytes).toBeGreaterThan(300 * MB);
    // Two of Node itself come on top.
    expect(bytes).toBeLessThan(500 * MB);
    expect(residentSet(root.pid!)).toEqual({ bytes: 0, processes: 0 });
  },
);
