// plumbing: the tokens of Candid's textual formats (types and values) — Candid specification, "Core grammar", "Textual format"
import { CandidSyntaxError } from './types.js';

export interface Token {
  /** `name`: identifier or keyword; `number`: digits, sign, dot, exponent; `text`: a quoted string; `symbol`: punctuation. */
  readonly kind: 'name' | 'number' | 'text' | 'symbol' | 'end';
  /** The characters as written; of a `text`, what they stand for (its bytes are in `bytes`). */
  readonly text: string;
  /** Of a `text`: its bytes, which need not be UTF-8 (a blob). */
  readonly bytes?: Uint8Array;
  readonly line: number;
  readonly column: number;
}

const WHITE = /\s+/y;
const LINE_COMMENT = /\/\/[^\n]*/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /[+-]?(?:0[xX][0-9a-fA-F_]+|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]+)?|inf\b|nan\b)/y;
const SYMBOL = /->|[{}()[\]:;,=.]/y;

/** @throws CandidSyntaxError */
function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const place = (offset: number) => {
    const before = source.slice(0, offset);
    return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
  };
  const fail = (message: string, offset = at): never => {
    const { line, column } = place(offset);
    throw new CandidSyntaxError(message, line, column);
  };
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  while (at < source.length) {
    const skipped = match(WHITE) ?? match(LINE_COMMENT);
    if (skipped !== undefined) {
      at += skipped.length;
    } else if (source.startsWith('/*', at)) {
      at = endOfComment(source, at) ?? fail('a comment that does not end');
    } else if (source[at] === '"') {
      const start = at;
      const { bytes, end } = quoted(source, at) ?? fail('a text that does not end, or with an escape that is none');
      tokens.push({ kind: 'text', text: new TextDecoder().decode(bytes), bytes, ...place(start) });
      at = end;
    } else {
      const kinds = [
        ['name', NAME],
        ['number', NUMBER],
        ['symbol', SYMBOL],
      ] as const;
      const found = kinds
        .map(([kind, pattern]) => ({ kind, text: match(pattern) }))
        .find(({ text }) => text !== undefined);
      if (found?.text === undefined) return fail(`unexpected character ${JSON.stringify(source[at])}`);
      tokens.push({ kind: found.kind, text: found.text, ...place(at) });
      at += found.text.length;
    }
  }
  return [...tokens, { kind: 'end', text: '', ...place(at) }];
}

/** Comments nest. */
function endOfComment(source: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < source.length;) {
    if (source.startsWith('/*', at)) {
      depth++;
      at += 2;
    } else if (source.startsWith('*/', at)) {
      depth--;
      at += 2;
      if (depth === 0) return at;
    } else {
      at++;
    }
  }
  return undefined;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\', '"': '"', "'": "'" };

function quoted(source: string, start: number): { bytes: Uint8Array; end: number } | undefined {
  const bytes: number[] = [];
  const utf8 = (text: string) => bytes.push(...new TextEncoder().encode(text));
  for (let at = start + 1; at < source.length;) {
    const char = String.fromCodePoint(source.codePointAt(at) ?? 0);
    if (char === '"') return { bytes: Uint8Array.from(bytes), end: at + 1 };
    if (char !== '\\') {
      utf8(char);
      at += char.length;
      continue;
    }
    const simple = ESCAPES[source[at + 1] ?? ''];
    const byte = /^[0-9a-fA-F]{2}/.exec(source.slice(at + 1, at + 3))?.[0];
    const unicode = /^u\{([0-9a-fA-F]{1,6})\}/.exec(source.slice(at + 1, at + 11));
    if (simple !== undefined) {
      utf8(simple);
      at += 2;
    } else if (byte !== undefined) {
      bytes.push(Number.parseInt(byte, 16));
      at += 3;
    } else if (unicode?.[1] !== undefined && Number.parseInt(unicode[1], 16) <= 0x10ffff) {
      utf8(String.fromCodePoint(Number.parseInt(unicode[1], 16)));
      at += 1 + unicode[0].length;
    } else {
      return undefined;
    }
  }
  return undefined;
}

/** Reads tokens one after the other. */
export class TokenReader {
  private at = 0;
  private readonly tokens: readonly Token[];

  /** @throws CandidSyntaxError */
  constructor(source: string) {
    this.tokens = tokensOf(source);
  }

  /** The token `ahead` places further on, without taking it. */
  peek(ahead = 0): Token {
    return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)] as Token;
  }

  take(): Token {
    const token = this.peek();
    this.at++;
    return token;
  }

  /** Whether the token `ahead` places further on is this symbol or name. */
  isNext(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return (token.kind === 'symbol' || token.kind === 'name') && token.text === text;
  }

  /** Takes the next token if it is this symbol or name. */
  accept(text: string): boolean {
    if (!this.isNext(text)) return false;
    this.at++;
    return true;
  }

  /** @throws CandidSyntaxError unless the next token is this symbol or name */
  expect(text: string): void {
    if (!this.accept(text)) this.fail(`'${text}'`);
  }

  /** @throws CandidSyntaxError always */
  fail(expected: string): never {
    const { kind, text, line, column } = this.peek();
    const found = kind === 'end' ? 'the end' : JSON.stringify(text);
    throw new CandidSyntaxError(`expected ${expected}, found ${found}`, line, column);
  }

  /** `item` separated by `separator` up to `close`, a separator before `close` allowed. */
  list<T>(separator: string, close: string, item: () => T): T[] {
    const items: T[] = [];
    while (!this.accept(close)) {
      items.push(item());
      if (!this.accept(separator)) {
        this.expect(close);
        break;
      }
    }
    return items;
  }
}
