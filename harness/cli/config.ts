// plumbing: options from a configuration file
import { existsSync, readFileSync } from 'node:fs';
import type { Command, Option } from 'commander';
import { whyNotJson } from '../../reports/schemas/json.js';
import { UsageError } from '../runner/options.js';
import { didYouMean } from '../spelling.js';
import { errorCode } from '../system-error.js';
import { list, repeated } from './usage.js';

/** Read when it is there and --config does not name another. */
const CONFIG_FILE = 'ic0-conformance.config.json';

/** The parsers of options that may be given more than once. */
const REPEATABLE: readonly unknown[] = [list, repeated];

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
        `${file}: there is no option ${JSON.stringify(name)}.${didYouMean(name, [...known])} Options are those of the command line, without dashes`,
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

function read(file: string): Readonly<Record<string, unknown>> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file}: cannot be read (${errorCode(error)}). Check the path given to --config`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UsageError(
      `${file}: not JSON: ${whyNotJson(error)}. Write an object whose keys are the long names of options, such as "seed"`,
    );
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new UsageError(`${file}: not a JSON object. Keys are the long names of options, such as "seed"`);
  }
  return json as Readonly<Record<string, unknown>>;
}

/**
 * The value as the command line's parser would have made it.
 * @throws UsageError for a value of another type than the option's
 */
function parsed(option: Option, value: unknown, where: string): unknown {
  if (option.isBoolean()) {
    if (typeof value === 'boolean') return value;
    throw new UsageError(`${where}: needs true or false, not ${JSON.stringify(value)}`);
  }
  const { parseArg } = option;
  const isMany = REPEATABLE.some((parser) => parser === parseArg);
  const values: readonly unknown[] = isMany && Array.isArray(value) ? value : [value];
  if (!values.every((one) => typeof one === 'string' || typeof one === 'number')) {
    const kinds = isMany ? 'a text, a number, or a list of these' : 'one text or number';
    throw new UsageError(`${where}: needs ${kinds}, not ${JSON.stringify(value)}`);
  }
  const texts = values.map(String);
  if (parseArg === undefined) return texts.at(-1);
  try {
    return texts.reduce<unknown>((before, text) => parseArg(text, before), undefined);
  } catch (error) {
    throw new UsageError(`${where}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
