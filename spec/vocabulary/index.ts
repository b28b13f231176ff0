// plumbing: the vocabulary in one import
export * from './brands.js';
export * from './digest.js';
export * from './engine.js';
export * from './entry-point.js';
export * from './ids.js';
export * from './program.js';
export * from './record.js';
export * from './scenario.js';
export * from './trap.js';
export * from './verdict.js';
