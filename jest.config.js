import os from 'node:os';

/** @type {import('jest').Config} */
export default {
  testMatch: ['<rootDir>/{spec,reference-model,executor,generators,harness,reports,bench,build,docs}/**/*.spec.ts'],
  testEnvironment: 'node',
  testSequencer: '<rootDir>/jest.sequencer.js',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': ['ts-jest', { useESM: true, diagnostics: false, tsconfig: '<rootDir>/tsconfig.json' }],
  },
  testTimeout: 60_000,
  // Jest leaves one processor free; where there are but two, that is half of them.
  maxWorkers: Math.max(2, os.availableParallelism() - 1),
};
