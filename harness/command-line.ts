// plumbing: what the command line program and the tools of the repository (`npm run …`) read their command lines with
import { InvalidArgumentError, type Command } from 'commander';

const USAGE = 2;

/** Reads the command line of a tool. What is wrong with it is said, and ends the process with exit code 2. */
export function readCommandLine(tool: Command): Command {
  return tool
    .showHelpAfterError('(--help shows the options)')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE))
    .parse();
}

/** A whole number from `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const n = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(n) || n < least) {
      throw new InvalidArgumentError(`Give a whole number from ${least}.`);
    }
    return n;
  };
}
