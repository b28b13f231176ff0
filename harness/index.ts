// plumbing: the library
export { executor } from '../executor/index.js';
export {
  codeArbitrary,
  compileModules,
  FAMILIES,
  generateCase,
  printProgram,
  programArbitrary,
  reduceScenario,
  scenarioArbitrary,
  type Family,
  type GeneratedCase,
  type GeneratorOptions,
} from '../generators/index.js';
export type { Report } from '../reports/report.js';
export type { Rule } from '../spec/rules/index.js';
export { profileNamed, PROFILES } from '../spec/profiles/profiles.js';
export type { Profile } from '../spec/profiles/profile.js';
export { RULES } from '../spec/rules/index.js';
export { Crash, HostLimit } from '../spec/vocabulary/engine.js';
export { ENTRY_POINTS } from '../spec/vocabulary/entry-point.js';
export { canisterId, userId } from '../spec/vocabulary/ids.js';
export type * from '../spec/vocabulary/index.js';
export { STIMULUS_KINDS } from './protocol/messages.js';
export { UsageError, type Progress, type RunOptions } from './runner/options.js';
export { run, type RunResult } from './runner/run.js';
export { runCase, type RunCaseOptions } from './runner/run-case.js';
export { speak } from './serve/speak.js';
export * from './target.js';
export type { CaseFile, CaseResult, Failure } from './types.js';
