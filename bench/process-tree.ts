// plumbing: how much memory a process and all that it has started have, as Linux tells it
import { readdirSync, readFileSync } from 'node:fs';

/** Whether `residentSet` can be asked here. */
export const CAN_MEASURE = process.platform === 'linux';

export interface ResidentSet {
  /** Of all processes together, in bytes; what processes share is counted in each. */
  readonly bytes: number;
  readonly processes: number;
}

/** What is resident of a process and all below it; nothing where it does not run any more. */
export function residentSet(root: number): ResidentSet {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const bytes = treeOf(root, children).map(residentBytes).filter((one) => one !== undefined); // prettier-ignore
  return { bytes: bytes.reduce((sum, one) => sum + one, 0), processes: bytes.length };
}

function treeOf(root: number, children: ReadonlyMap<number, readonly number[]>): readonly number[] {
  return [root, ...(children.get(root) ?? []).flatMap((child) => treeOf(child, children))];
}

function parentOf(pid: number): number | undefined {
  // The name of the program is in parentheses, and may have spaces and parentheses in it.
  const parent = /^.*\) \S (\d+) /s.exec(read(`/proc/${pid}/stat`))?.[1];
  return parent === undefined ? undefined : Number(parent);
}

/** undefined: it has ended. */
function residentBytes(pid: number): number | undefined {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** Empty where the process has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
