// plumbing: tests of what a worker's process is started with
import { forWorkers } from './worker-child.js';

it.each<[string, readonly string[], readonly string[]]>([
  ['what loads code', ['--import', 'tsx', '-r', './a.cjs', '--loader=./b.mjs'], ['--import', 'tsx', '-r', './a.cjs', '--loader=./b.mjs']],
  ['which exports are meant', ['--conditions=development', '-C', 'x'], ['--conditions=development', '-C', 'x']],
  ['no debugger and no profile', ['--inspect-brk=9229', '--cpu-prof', '--import', 'tsx'], ['--import', 'tsx']],
  ['no program of the command line', ['-e', 'run()', '--input-type=module'], []],
  ['no stack of another size', ['--stack-size=4000', '--experimental-vm-modules'], []],
])("a worker's process gets of the options of this one: %s", (_, given, expected) => {
  expect(forWorkers(given)).toEqual(expected);
}); // prettier-ignore
