// plumbing: scenarios whose programs are changed
import type { Program } from '../../spec/vocabulary/program.js';
import type { Scenario } from '../../spec/vocabulary/scenario.js';

/**
 * The scenario with each of its programs changed; modules that are bytes stay.
 * @param change gives the program itself where there is nothing to change
 * @returns the scenario itself where no program changes
 */
export function withPrograms(scenario: Scenario, change: (program: Program) => Program): Scenario {
  let changed = false;
  const modules = scenario.modules.map((module) => {
    if (module.kind !== 'program') return module;
    const program = change(module.program);
    if (program === module.program) return module;
    changed = true;
    return { ...module, program };
  });
  return changed ? { ...scenario, modules } : scenario;
}
