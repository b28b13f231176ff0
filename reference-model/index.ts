// plumbing: the reference model in one import
export { makeReference, reference } from './ic/engine.js';
export { standardAssembly, type Assembly } from './ic/assembly.js';
export { parseModule, type CanisterModule, type InvalidModule } from './ic/module.js';
