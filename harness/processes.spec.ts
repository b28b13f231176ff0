// plumbing: tests of how processes are listed and measured
import { spawn } from 'node:child_process';
import { CannotListProcesses, processes, residentSet } from './processes.js';
import { present } from '../spec/testing/present.js';

const MB = 1_000_000;
const PARENT = `
  const { spawn } = require('node:child_process');
  const held = Buffer.alloc(100e6, 1);
  const child = spawn(process.execPath, ['-e', \`const held = Buffer.alloc(200e6, 1); process.title = 'a) S 1 (b'; console.log('ready'); setInterval(() => held[0], 1000);\`], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.pipe(process.stdout);
  process.stdin.on('end', () => { child.kill('SIGKILL'); process.exit(held[0]); }).resume();`;

it('the memory of a process is its own and that of all below it, until they end', async () => {
  const root = spawn(process.execPath, ['-e', PARENT], { stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise((ready) => root.stdout.once('data', ready));
  const seen = residentSet(present(root.pid));
  const ended = new Promise((end) => root.once('exit', end));
  root.stdin.end();
  await ended;
  expect(seen.processes).toBe(2);
  expect(seen.bytes).toBeGreaterThan(300 * MB);
  // Two of Node itself come on top.
  expect(seen.bytes).toBeLessThan(500 * MB);
  expect(residentSet(present(root.pid))).toEqual({ bytes: 0, processes: 0 });
});

it('a process is listed with its command, and its memory is what Node itself tells of it', () => {
  const [self] = processes().filter(({ pid }) => pid === process.pid);
  expect(self).toMatchObject({ parent: process.ppid, command: expect.stringContaining('jest') });
  const told = process.memoryUsage.rss();
  expect(Math.abs((self?.residentBytes ?? 0) - told)).toBeLessThan(told / 4);
});

it('a machine without ps says so', () => {
  expect(() => processes('/nowhere/ps')).toThrow(new CannotListProcesses('spawnSync /nowhere/ps ENOENT'));
  expect(() => processes('false')).toThrow(CannotListProcesses);
});
