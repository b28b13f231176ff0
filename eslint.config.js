import tseslint from 'typescript-eslint';

/** Folders a layer may not import, as import path patterns. `spec` imports nothing; see docs/architecture.md. */
const forbid = (...folders) => ({
  patterns: folders.map((folder) => ({
    group: [`**/${folder}/**`, `!**/node_modules/**`],
    message: `The layer rule (docs/architecture.md): this folder must not import ${folder}/.`,
  })),
});

const hostIsNotDeterministic = [
  { object: 'Math', property: 'random', message: 'Not deterministic: draw from the seeded generator.' },
  {
    object: 'Date',
    property: 'now',
    message: 'Not deterministic: time belongs to the scenario (harness/timing.ts alone reads the clock).',
  },
  { object: 'performance', property: 'now', message: 'Not deterministic: harness/timing.ts alone reads the clock.' },
];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'coverage/**', 'examples/**/*.mjs'] },
  ...tseslint.configs.strict.map((config) => ({ ...config, files: ['**/*.{ts,mts,cts}'] })),
  {
    files: ['**/*.{ts,mts,cts}'],
    languageOptions: {
      parserOptions: { jsDocParsingMode: 'none', project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-properties': ['error', ...hostIsNotDeterministic],
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Not deterministic: time belongs to the scenario.',
        },
        {
          selector: "CallExpression[callee.property.name='localeCompare']",
          message: 'Depends on the locale: compare code units.',
        },
        { selector: "CallExpression[callee.property.name='toLocaleString']", message: 'Depends on the locale.' },
      ],
    },
  },
  {
    files: ['spec/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        forbid('reference-model', 'executor', 'generators', 'harness', 'reports', 'bench'),
      ],
    },
  },
  {
    files: ['reference-model/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': ['error', forbid('executor', 'generators', 'harness', 'reports', 'bench')],
      'no-restricted-globals': ['error', { name: 'WebAssembly', message: 'The reference model is TypeScript only.' }],
    },
  },
  {
    files: ['executor/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': ['error', forbid('reference-model', 'generators', 'harness', 'reports', 'bench')],
    },
  },
  {
    files: ['generators/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { 'no-restricted-imports': ['error', forbid('reference-model', 'executor', 'harness', 'reports', 'bench')] },
  },
  {
    files: ['harness/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { 'no-restricted-imports': ['error', forbid('bench')] },
  },
  {
    files: ['reports/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            ...forbid('reference-model', 'executor', 'generators', 'bench').patterns,
            {
              group: ['**/harness/**'],
              allowTypeImports: true,
              message: 'The layer rule (docs/architecture.md): reports/ may import types of harness/ only.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['harness/timing.ts', 'bench/**/*.ts'],
    rules: { 'no-restricted-properties': 'off', 'no-restricted-syntax': 'off' },
  },
  { files: ['**/*.cts'], rules: { '@typescript-eslint/no-require-imports': ['error', { allowAsImport: true }] } },
);
