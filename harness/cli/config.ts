// plumbing: options from a configuration file
import { existsSync, readFileSync } from 'node:fs';
import type { Command, Option } from 'commander';
import { UsageError } from '../runner/options.js';

/** Read when it is there and --config does not name another. */
export const CONFIG_FILE = 'ic0-conformance.config.json';

type Value = string | number | boolean | readonly (string | number)[];

/**
 * Sets options of a command from the configuration file: a JSON object whose keys are the long names of options, without dashes.
 * What the command line says counts; options of other commands are passed over.
 * @throws UsageError for a file that cannot be read, or that names an option that no command has
 */
export function applyConfig(command: Command, all: readonly Command[], path: string | undefined): void {
  if (path === undefined && !existsSync(CONFIG_FILE)) return;
  const file = path ?? CONFIG_FILE;
  const known = new Set(all.flatMap(({ options }) => options.map(nameOf)));
  for (const [name, value] of Object.entries(read(file))) {
    if (!known.has(name)) {
      throw new UsageError(
        `${file}: there is no option ${JSON.stringify(name)}. Options are those of the command line, without dashes`,
      );
    }
    const option = command.options.find((one) => nameOf(one) === name);
    if (option === undefined || command.getOptionValueSource(option.attributeName()) === 'cli') continue;
    command.setOptionValueWithSource(option.attributeName(), parsed(option, value, `${file}: ${name}`), 'config');
  }
}

function nameOf(option: Option): string {
  return (option.long ?? '').replace(/^--/, '');
}

function read(file: string): Readonly<Record<string, Value>> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(
      `${file}: ${error instanceof Error ? error.message : String(error)}. A configuration file is a JSON object`,
    );
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new UsageError(`${file}: not a JSON object. Keys are the long names of options, such as "seed"`);
  }
  return json as Readonly<Record<string, Value>>;
}

/** The value as the command line's parser would have made it. */
function parsed(option: Option, value: Value, where: string): unknown {
  if (typeof value === 'boolean') {
    if (option.isBoolean()) return value;
    throw new UsageError(`${where}: needs a value, not ${value}`);
  }
  const { parseArg } = option;
  const texts = (Array.isArray(value) ? value : [value]).map(String);
  if (parseArg === undefined) return texts.at(-1);
  try {
    return texts.reduce<unknown>((before, text) => parseArg(text, before), undefined);
  } catch (error) {
    throw new UsageError(`${where}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
