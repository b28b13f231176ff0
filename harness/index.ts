// plumbing: the library
export { FAMILIES, generateCase, type Family, type GeneratedCase, type GeneratorOptions } from '../generators/index.js';
export type { Report } from '../reports/report.js';
export type { Rule } from '../spec/rules/index.js';
export { RULES } from '../spec/rules/index.js';
export type * from '../spec/vocabulary/index.js';
export { run, UsageError, type Progress, type RunOptions, type RunResult } from './runner/run.js';
export { runCase, type RunCaseOptions } from './runner/run-case.js';
export type { CaseFile, CaseResult, Failure } from './types.js';
