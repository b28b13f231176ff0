// plumbing: the generators in one import
export { compileProgram, compileWithMap, type CodePoint } from './canister/compile.js';
export { compileModules } from './canister/modules.js';
export { programFromJson, programToJson } from './canister/codec.js';
export { ProgramError } from './canister/errors.js';
export { printProgram } from './canister/print.js';
export { moduleToWat, programToWat } from './canister/wat.js';
export { reduceProgram } from './canister/reduce.js';
export { FAMILIES, FEATURES, type Family, type Feature, type GeneratorOptions } from './config.js';
export { generateCase, type GeneratedCase } from './scenario/case.js';
