// table: reviewed list of the commands of the official scripts that the runner skips, each with its reason

/** Skips commands; what other commands say of a skipped module is skipped with it. Lines are those of the pinned suite. */
export interface Skip {
  readonly file: string;
  /** Where the commands start. */
  readonly lines: readonly number[];
  readonly reason: string;
}

const FUNCTION_REFERENCES = 'uses the feature function references, which is off';
const INITIALIZER = 'uses an initializer of a table (the feature function references, which is off)';
const EXCEPTIONS = 'uses a tag (the feature exceptions, which is off)';
const GC = 'uses the feature GC, which is off';
const MULTIPLE_MEMORIES = 'uses the feature multiple memories, which is off';

export const SKIPS: readonly Skip[] = [
  { file: 'br_if.wast', lines: [667], reason: FUNCTION_REFERENCES },
  {
    file: 'elem.wast',
    lines: [87, 448, 453, 465, 470, 482, 487, 499, 504, 516, 539, 544, 556, 561, 573, 578],
    reason: FUNCTION_REFERENCES,
  },
  { file: 'exports.wast', lines: [70], reason: EXCEPTIONS },
  { file: 'func.wast', lines: [659], reason: FUNCTION_REFERENCES },
  { file: 'global.wast', lines: [674], reason: INITIALIZER },
  { file: 'imports.wast', lines: [239, 243, 247, 251, 255], reason: EXCEPTIONS },
  {
    file: 'linking.wast',
    lines: [
      137, 141, 145, 150, 154, 158, 163, 167, 171, 175, 181, 185, 189, 198, 202, 206, 210, 215, 219, 223, 227, 232, 236,
      240, 244, 441, 450, 454,
    ],
    reason: FUNCTION_REFERENCES,
  },
  { file: 'local_tee.wast', lines: [612], reason: FUNCTION_REFERENCES },
  { file: 'memory_grow.wast', lines: [1, 6, 7, 81], reason: MULTIPLE_MEMORIES },
  { file: 'ref.wast', lines: [3, 27, 31, 36, 41, 46, 51, 55, 59, 64, 68, 72, 77], reason: FUNCTION_REFERENCES },
  { file: 'ref_null.wast', lines: [16, 55, 56, 57, 58, 59, 60], reason: GC },
  { file: 'ref_null.wast', lines: [18, 67, 68, 69, 70, 71, 72], reason: 'uses the feature exceptions, which is off' },
  { file: 'ref_null.wast', lines: [20, 79, 80, 81], reason: FUNCTION_REFERENCES },
  { file: 'select.wast', lines: [383], reason: FUNCTION_REFERENCES },
  {
    file: 'table.wast',
    lines: [14, 58, 62, 66, 70, 74, 78, 86, 91, 93, 119, 127, 135],
    reason: FUNCTION_REFERENCES,
  },
  { file: 'table.wast', lines: [54], reason: INITIALIZER },
  { file: 'table_init.wast', lines: [2272], reason: GC },
  { file: 'table_init64.wast', lines: [2457], reason: GC },
  { file: 'unreached-invalid.wast', lines: [697, 763, 773], reason: FUNCTION_REFERENCES },
  { file: 'unreached-valid.wast', lines: [58, 82], reason: FUNCTION_REFERENCES },
];
