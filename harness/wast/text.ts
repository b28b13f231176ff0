// plumbing: from the text of a module in a script to its bytes

import wabtFactory from 'wabt';
import { WABT_FEATURES, type Wabt } from '../wabt.js';
import { keywordOf, type ListNode, type Node } from './s-expression.js';
import type { Rewrite } from './rewrites.js';

/** The text parser refused the text. */
export class TextError extends Error {
  override readonly name = 'TextError';
}

const latin1 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

/** Turns modules of scripts into bytes. */
export class TextParser {
  private constructor(private readonly wabt: Wabt) {}

  static async load(): Promise<TextParser> {
    return new TextParser(await wabtFactory());
  }

  /**
   * The bytes of a `(module …)`: from its strings when it is `binary`, else by the text parser, after the rewrites.
   * @throws TextError
   */
  bytesOf(node: ListNode, source: string, rewrites: readonly Rewrite[] = []): Uint8Array {
    const strings = stringsOf(node);
    const form = node.items.find((item) => item.kind === 'atom' && (item.text === 'binary' || item.text === 'quote'));
    if (form?.kind === 'atom' && form.text === 'binary') return latin1(strings);
    const text = form === undefined ? source.slice(node.start, node.end) : `(module ${strings})`;
    return this.parse(rewrite(text, rewrites));
  }

  private parse(text: string): Uint8Array {
    let module;
    try {
      module = this.wabt.parseWat('module.wat', latin1(text), WABT_FEATURES);
      return module.toBinary({}).buffer;
    } catch (error) {
      throw new TextError(error instanceof Error ? error.message : String(error));
    } finally {
      module?.destroy();
    }
  }
}

function stringsOf(node: ListNode): string {
  return node.items.map((item: Node) => (item.kind === 'string' ? item.text : '')).join('');
}

/** Whether a module is given as quoted text. */
export const isQuoted = (node: ListNode): boolean =>
  node.items.some((item) => item.kind === 'atom' && item.text === 'quote');

/** Whether a module is only to be validated, not instantiated. */
export const isDefinition = (node: ListNode): boolean =>
  keywordOf(node) === 'module' && node.items[1]?.kind === 'atom' && node.items[1].text === 'definition';

function rewrite(text: string, rewrites: readonly Rewrite[]): string {
  return rewrites.reduce(
    (now, { from, to }) => (typeof to === 'string' ? now.replace(from, to) : now.replace(from, to)),
    text,
  );
}
