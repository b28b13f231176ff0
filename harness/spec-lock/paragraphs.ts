// plumbing: cutting a document of the specification into paragraphs, and hashing them
import { sha256 } from '@noble/hashes/sha2.js';
import { hexOf } from '../../spec/vocabulary/brands.js';

/** One paragraph, list item, table or code block. */
interface Paragraph {
  /** Anchor of the section that it stands in; empty before the first. */
  readonly section: string;
  readonly text: string;
  /** The first 16 hexadecimal digits of SHA-256 of the text with runs of white space as one space. */
  readonly hash: string;
}

/** How a document marks its sections. */
export type Headings =
  /** Markdown: `## Title {#anchor}`, or the anchor made from the title. */
  | { readonly kind: 'markdown' }
  /** Plain text in which each line is a paragraph and these lines are titles. */
  | { readonly kind: 'lines'; readonly titles: readonly string[] };

/** The hash of a paragraph, the same however its lines are wrapped. */
export function hashOf(text: string): string {
  return hexOf(sha256(new TextEncoder().encode(text.replace(/\s+/g, ' ').trim()))).slice(0, 16);
}

/** The anchor that a title without one gets: lower case, words joined by `-`, other characters dropped. */
function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9 _-]/g, '')
    .trim()
    .replace(/ /g, '-');
}

/** Titles that come again get -1, -2, … */
class Anchors {
  readonly #used = new Map<string, number>();

  of(title: string): string {
    const explicit = /\{#([^}]+)\}\s*$/.exec(title);
    if (explicit?.[1] !== undefined) return this.#take(explicit[1]);
    return this.#take(slugOf(title));
  }

  #take(anchor: string): string {
    const count = this.#used.get(anchor) ?? 0;
    this.#used.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  }
}

/** The paragraphs of a document, in order. Titles are not paragraphs, nor are `:::` marks and the front matter. */
export function paragraphsOf(text: string, headings: Headings): readonly Paragraph[] {
  const lines = text.split(/\r?\n/);
  return headings.kind === 'markdown' ? markdownParagraphs(lines) : lineParagraphs(lines, headings.titles);
}

function markdownParagraphs(lines: readonly string[]): readonly Paragraph[] {
  const anchors = new Anchors();
  const paragraphs: Paragraph[] = [];
  let section = '';
  let pending: string[] = [];
  let inCode = false;
  let inFrontMatter = lines[0] === '---';
  const flush = () => {
    const joined = pending.join('\n').trim();
    if (joined !== '') paragraphs.push({ section, text: joined, hash: hashOf(joined) });
    pending = [];
  };
  lines.forEach((line, at) => {
    if (inFrontMatter) {
      if (at > 0 && line === '---') inFrontMatter = false;
      return;
    }
    const trimmed = line.trim();
    if (trimmed.startsWith('```')) {
      if (!inCode) flush();
      inCode = !inCode;
      if (!inCode) flush();
      return;
    }
    if (inCode) {
      pending.push(line);
      return;
    }
    const title = /^#{1,6} (.*)$/.exec(line)?.[1];
    if (title !== undefined) {
      flush();
      section = anchors.of(title);
    } else if (trimmed === '' || trimmed.startsWith(':::')) {
      flush();
    } else {
      pending.push(line);
    }
  });
  flush();
  return paragraphs;
}

function lineParagraphs(lines: readonly string[], titles: readonly string[]): readonly Paragraph[] {
  const anchors = new Anchors();
  const paragraphs: Paragraph[] = [];
  let section = '';
  for (const line of lines) {
    const text = line.trim();
    if (text === '') continue;
    if (titles.includes(text)) section = anchors.of(text);
    else paragraphs.push({ section, text, hash: hashOf(text) });
  }
  return paragraphs;
}
