// table: the source documents of the specification, each with its own revision
import type { Headings } from './paragraphs.js';

const DOCS_COMMIT = 'b58cf042a0d0fc707961ef98deb222bd4436459a';

export interface SourceDocument {
  /** File name, and first half of anchors. */
  readonly document: string;
  readonly revision: string;
  readonly source: string;
  readonly headings: Headings;
  /** Whether clauses are noted for each paragraph, or for each section of a chapter around the interface text. */
  readonly granularity: 'paragraph' | 'section';
}

const chapterOf = (document: string): SourceDocument => ({
  document,
  revision: `developer-docs ${DOCS_COMMIT}`,
  source: 'public developer documentation of the Internet Computer, interface specification',
  headings: { kind: 'markdown' },
  granularity: 'section',
});

export const DOCUMENTS: readonly SourceDocument[] = [
  {
    document: 'canister-interface.md',
    revision: 'interface specification 0.60.0',
    source: 'public interface specification of the Internet Computer, chapter canister interface (System API)',
    headings: { kind: 'markdown' },
    granularity: 'paragraph',
  },
  {
    document: 'canister-smart-contracts.md',
    revision: 'as of interface specification 0.60.0',
    source: 'public documentation of the Internet Computer, page on canister smart contracts',
    headings: {
      kind: 'lines',
      titles: [
        'Canister smart contracts',
        'Canister ID',
        'Input queue',
        'Canister storage',
        'Output queue',
        'Cycles balance',
        'Controllers',
        'Settings',
        'Ways to think about canisters',
        'Canisters as smart contracts',
        'Canisters as actors',
        'Canisters as OS processes',
        'Canisters as WebAssembly module instances',
      ],
    },
    granularity: 'paragraph',
  },
  chapterOf('abstract-behavior.md'),
  chapterOf('management-canister.md'),
  chapterOf('https-interface.md'),
  chapterOf('certification.md'),
  chapterOf('index.md'),
  chapterOf('resource-limits.md'),
];

/** The document of that file name, or undefined. */
export function documentNamed(name: string): SourceDocument | undefined {
  return DOCUMENTS.find(({ document }) => document === name);
}
