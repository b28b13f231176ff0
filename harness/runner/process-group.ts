// plumbing: the end of a process and of all that it has started

/** Whether processes come in groups that a signal can be sent to. */
export const HAS_GROUPS = process.platform !== 'win32';

/** Kills a process that leads a group, and with it all processes of the group that are left, even after its own end. */
export function killGroup(leader: number): void {
  try {
    process.kill(HAS_GROUPS ? -leader : leader, 'SIGKILL');
  } catch {
    // All have ended.
  }
}
