// plumbing: the processes of this machine, and how much memory some have, as ps tells it
import { spawnSync } from 'node:child_process';

export interface Process {
  readonly pid: number;
  /** The process id of what started it, or of what has adopted it. */
  readonly parent: number;
  readonly residentBytes: number;
  /** Program and arguments. */
  readonly command: string;
}

export interface ResidentSet {
  /** Of all processes together, in bytes; what processes share is counted in each. */
  readonly bytes: number;
  readonly processes: number;
}

/** There is no `ps` here, or it does not know the options that every Unix has and that are used. */
export class CannotListProcesses extends Error {
  constructor(why: string) {
    super(`the processes of this machine cannot be listed: ${why}`);
    this.name = 'CannotListProcesses';
  }
}

/**
 * All that run; those that have ended and that nobody has asked after do not.
 * @param ps the program that lists them
 * @throws CannotListProcesses
 */
export function processes(ps = 'ps'): readonly Process[] {
  const { error, status, stdout, stderr } = spawnSync(ps, ['-A', '-ww', '-o', 'pid=,ppid=,rss=,stat=,args='], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw new CannotListProcesses(error.message);
  if (status !== 0) throw new CannotListProcesses(stderr.trim());
  return [...stdout.matchAll(/^ *(\d+) +(\d+) +(\d+) +(\S+) +(.*)$/gm)]
    .filter(([, , , , state = '']) => !state.startsWith('Z'))
    .map(([, pid, parent, kilobytes, , command = '']) => ({
      pid: Number(pid),
      parent: Number(parent),
      residentBytes: Number(kilobytes) * 1024,
      command,
    }));
}

/** What is resident of a process and all below it; nothing where it does not run any more. */
export function residentSet(root: number): ResidentSet {
  const all = processes();
  const below = (parent: number): readonly Process[] =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)]);
  const tree = [...all.filter(({ pid }) => pid === root), ...below(root)];
  return { bytes: tree.reduce((sum, { residentBytes }) => sum + residentBytes, 0), processes: tree.length };
}
