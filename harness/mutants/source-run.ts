// plumbing: the process that runs cases on an executor whose source was changed, until one does not pass
//
// Not for people: `source.ts` starts it in a copy of the build. Prints what did not pass; the exit code is 0 where everything did.
import { executor } from '../../executor/index.js';
import { generateCase } from '../../generators/index.js';
import { reference } from '../../reference-model/index.js';
import { runCase } from '../runner/run-case.js';

const [seed = '', cases = '0'] = process.argv.slice(2);

for (let k = 0; k < Number(cases); k++) {
  const { verdict, failures, reason } = runCase(generateCase(seed, k).scenario, {
    target: executor,
    against: reference,
  });
  if (verdict !== 'fail' && verdict !== 'errored') continue;
  process.stdout.write(`${k + 1} ${failures[0]?.rule ?? `no clause: ${reason ?? verdict}`}\n`);
  process.exitCode = 1;
  break;
}
