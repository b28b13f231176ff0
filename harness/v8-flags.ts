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
  // What is optimised is compiled without the functions that it calls: that takes half of the time, and what it would save is less.
  setFlagsFromString('--no-turbo-inlining');
  // When V8 comes to think that what is made at some place lives long, it throws away the code around that place: the run loop of the
  // model, for its arrays, which takes half a second to optimise. Nothing of a case lives long.
  setFlagsFromString('--no-allocation-site-pretenuring');
}
