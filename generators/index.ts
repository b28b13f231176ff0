// plumbing: the generators in one import
export { compileProgram, compileWithMap, type CodePoint } from './canister/compile.js';
export { compileModules } from './canister/modules.js';
export { programFromJson, programToJson } from './canister/codec.js';
export { ProgramError } from './canister/errors.js';
export { printProgram } from './canister/print.js';
export { moduleToWat, programToWat } from './canister/wat.js';
export { reduceProgram } from './canister/reduce.js';
export { FAMILIES, FEATURES, OPTIONS, type Family, type Feature, type GeneratorOptions } from './config.js';
export { generateCase } from './scenario/case.js';
export type { GeneratedCase } from './scenario/case-for.js';
export {
  codeArbitrary,
  drawn,
  programArbitrary,
  reduceScenario,
  scenarioArbitrary,
  type DrawnCode,
} from './arbitraries.js';
export { Draw, type RandomSource } from './draw.js';
export { typedStackCode, type CodeSurroundings, type GeneratedCode } from './wasm/typed-stack.js';
export { isSmaller, programSize, type ProgramSize } from './canister/size.js';
