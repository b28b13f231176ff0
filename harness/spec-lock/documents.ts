// table: the source documents of the specification, each with its own revision
import type { Headings } from './paragraphs.js';

const DOCS_COMMIT = 'b58cf042a0d0fc707961ef98deb222bd4436459a';

/** The last commit of the documentation whose interface chapter is that of 0.60.0. */
const INTERFACE_COMMIT = '1756b548875dd23d3ecb0471095a90ba74fdff5c';

const REFERENCES = 'docs/references';
const SPECIFICATION = `${REFERENCES}/ic-interface-spec`;

const publicText = (commit: string, folder: string, document: string) =>
  `https://github.com/dfinity/developer-docs/blob/${commit}/${folder}/${document}`;

interface SourceDocument {
  /** File name, and first half of anchors. */
  readonly document: string;
  readonly revision: string;
  readonly source: string;
  /** The public text at that revision; absent where no place keeps it. */
  readonly url?: string;
  readonly headings: Headings;
  /** Whether clauses are noted for each paragraph, or for each section of a chapter around the interface text. */
  readonly granularity: 'paragraph' | 'section';
}

const chapterOf = (document: string, folder = SPECIFICATION): SourceDocument => ({
  document,
  revision: `developer-docs ${DOCS_COMMIT}`,
  source: 'public developer documentation of the Internet Computer, interface specification',
  url: publicText(DOCS_COMMIT, folder, document),
  headings: { kind: 'markdown' },
  granularity: 'section',
});

export const DOCUMENTS: readonly SourceDocument[] = [
  {
    document: 'canister-interface.md',
    revision: 'interface specification 0.60.0',
    source: 'public interface specification of the Internet Computer, chapter canister interface (System API)',
    url: publicText(INTERFACE_COMMIT, SPECIFICATION, 'canister-interface.md'),
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
  chapterOf('resource-limits.md', REFERENCES),
];

/** The document of that file name, or undefined. */
export function documentNamed(name: string): SourceDocument | undefined {
  return DOCUMENTS.find(({ document }) => document === name);
}

/** Pages of our own that clauses of profiles are from, in the repository. */
const OWN_PAGES: Readonly<Record<string, string>> = {
  'CHARGING.md': 'spec/profiles/CHARGING.md',
  'READINGS.md': 'spec/profiles/READINGS.md',
  'stack-budget.md': 'spec/vocabulary/stack-budget.md',
};

/** Where the text of an anchor (`document#section`) can be read: an address, a page of the repository, or undefined. */
export function placeOf(anchor: string): string | undefined {
  const [document = ''] = anchor.split('#');
  return documentNamed(document)?.url ?? OWN_PAGES[document];
}
