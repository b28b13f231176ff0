// plumbing: S-expressions of the WebAssembly script format

/** An atom, a string (its bytes as code units 0 to 255), or a list. `start` and `end` are offsets in the source. */
export type Node =
  | { readonly kind: 'atom'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: 'string'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: 'list'; readonly items: readonly Node[]; readonly start: number; readonly end: number };

export type ListNode = Extract<Node, { kind: 'list' }>;

/** A script that cannot be read; `offset` is in characters. */
class ScriptSyntaxError extends Error {
  override readonly name = 'ScriptSyntaxError';
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', "'": "'", '\\': '\\' };

/**
 * Parses a source into its top-level nodes.
 * @param source the file's bytes as code units 0 to 255, so that strings keep bytes that are not UTF-8
 * @throws ScriptSyntaxError
 */
export function parseNodes(source: string): Node[] {
  let at = 0;
  const open: { readonly start: number; readonly items: Node[] }[] = [];
  const top: Node[] = [];
  const add = (node: Node) => (open[open.length - 1]?.items ?? top).push(node);
  while (at < source.length) {
    const c = source[at] as string;
    if (c === ' ' || c === '\n' || c === '\t' || c === '\r') at++;
    else if (c === ';' && source[at + 1] === ';') at = endOfLine(source, at);
    else if (c === '(' && source[at + 1] === ';') at = endOfComment(source, at);
    else if (c === '(') {
      open.push({ start: at, items: [] });
      at++;
    } else if (c === ')') {
      const closed = open.pop();
      if (closed === undefined) throw new ScriptSyntaxError(at, 'unexpected )');
      at++;
      add({ kind: 'list', items: closed.items, start: closed.start, end: at });
    } else if (c === '"') {
      const { text, end } = readString(source, at);
      add({ kind: 'string', text, start: at, end });
      at = end;
    } else {
      const start = at;
      while (at < source.length && !' \n\t\r();"'.includes(source[at] as string)) at++;
      if (at === start) throw new ScriptSyntaxError(at, `unexpected ${JSON.stringify(c)}`);
      add({ kind: 'atom', text: source.slice(start, at), start, end: at });
    }
  }
  if (open.length > 0) throw new ScriptSyntaxError(open[0]?.start ?? 0, 'missing )');
  return top;
}

function endOfLine(source: string, at: number): number {
  while (at < source.length && source[at] !== '\n' && source[at] !== '\r') at++;
  return at;
}

/** Block comments nest. */
function endOfComment(source: string, start: number): number {
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    if (source[at] === '(' && source[at + 1] === ';') {
      depth++;
      at++;
    } else if (source[at] === ';' && source[at + 1] === ')') {
      depth--;
      at++;
      if (depth === 0) return at + 1;
    }
  }
  throw new ScriptSyntaxError(start, 'unclosed comment');
}

function readString(source: string, start: number): { readonly text: string; readonly end: number } {
  let text = '';
  for (let at = start + 1; at < source.length; at++) {
    const c = source[at] as string;
    if (c === '"') return { text, end: at + 1 };
    if (c !== '\\') {
      text += c;
      continue;
    }
    const escape = source[++at] as string;
    if (escape in ESCAPES) text += ESCAPES[escape] as string;
    else if (escape === 'u') {
      const close = source.indexOf('}', at);
      const point = Number.parseInt(source.slice(at + 2, close), 16);
      text += Buffer.from(String.fromCodePoint(point), 'utf8').toString('latin1');
      at = close;
    } else {
      text += String.fromCharCode(Number.parseInt(source.slice(at, at + 2), 16));
      at++;
    }
  }
  throw new ScriptSyntaxError(start, 'unclosed string');
}

/** The keyword of a list, or ''. */
export const keywordOf = (node: Node): string => {
  const first = node.kind === 'list' ? node.items[0] : undefined;
  return first?.kind === 'atom' ? first.text : '';
};
