// plumbing: COMMAND of `stdio:COMMAND` split into words — no shell is involved

/** A command that is no command. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/**
 * Words are separated by blanks. Quotes, single or double, hold blanks together; in double quotes and outside a backslash makes
 * the next character an ordinary one. Nothing else has a meaning: no variables, no globs, no pipes.
 * @throws CommandError for an empty command or an open quote
 */
export function wordsOf(command: string): readonly [file: string, ...args: string[]] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < command.length; i++) {
    const character = command.charAt(i);
    if (character === '\\' && quote !== "'" && i + 1 < command.length) word = (word ?? '') + command.charAt(++i);
    else if (quote !== '') {
      if (character === quote) quote = '';
      else word = (word ?? '') + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  if (quote !== '') throw new CommandError(`the command ends within a quotation: ${command}`);
  if (word !== undefined) words.push(word);
  const [file, ...args] = words;
  if (file === undefined || file === '')
    throw new CommandError('stdio: needs a command, such as "stdio:python3 adapter.py"');
  return [file, ...args];
}
