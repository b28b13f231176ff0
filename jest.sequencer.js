// plumbing: the order of test files — those that run commands for minutes start first, so that no processor waits for them in the end
import Sequencer from '@jest/test-sequencer';

const LONGEST = ['docs/docs.spec.ts', 'harness/cli/main.spec.ts'];

/** 0 for the file that takes longest. */
function rank({ path }) {
  const place = LONGEST.findIndex((name) => path.endsWith(name));
  return place < 0 ? LONGEST.length : place;
}

export default class LongestFirst extends Sequencer {
  /** The order of Jest, but for the longest files. */
  sort(tests) {
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
  }
}
