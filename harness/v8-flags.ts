// plumbing: flags of V8 for a process that runs cases
import { setFlagsFromString } from 'node:v8';

/** Of V8 in Node 20. */
const LAST_V8_WITH_BUDGET = 11.3;

/**
 * Makes V8 optimise later. A run warms much code and heats little: V8's optimising compiler would take a third of all its time, on the
 * very processors that the cases need. For the whole process; what runs before this call is not delayed.
 */
export function optimiseLater(): void {
  // How many bytes of bytecode run before a function is looked at; V8's own number is 67,584. The V8 of a newer Node has no such flag,
  // and says so to the user.
  if (Number.parseFloat(process.versions.v8) <= LAST_V8_WITH_BUDGET) setFlagsFromString('--interrupt-budget=1000000');
  // Nothing of a case is kept for long. When V8 comes to think so of a place that makes arrays, it throws away the code around it: the
  // run loop of the model, which takes half a second to optimise.
  setFlagsFromString('--no-allocation-site-pretenuring');
}
