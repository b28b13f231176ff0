// plumbing: tests of what certificates say, with one that was put together by hand from certification.md
import { bytesOf, hex, type Hex, type Nanoseconds } from '../spec/vocabulary/brands.js';
import { canisterId } from '../spec/vocabulary/ids.js';
import { certificateOf, certifiedDataIn, labeled, queryTree, type HashTree } from './certificate.js';

const CANISTER = canisterId(0);
const TIME = 1_700_000_000_123_456_789n as Nanoseconds;
const text = (words: string) => Buffer.from(words).toString('hex');

/** Self-described CBOR: a map of `tree` and `signature`; in the tree three labels, one in the other, and a leaf of two bytes. */
const BY_HAND = [
  'd9d9f7', 'a2', `64${text('tree')}`,
  `8302 48${text('canister')}`, `8302 4a${CANISTER}`, `8302 4e${text('certified_data')}`, '8203 420102',
  `69${text('signature')}`, '40',
].join('').replaceAll(' ', ''); // prettier-ignore

const shown = (certificate: string, canister = CANISTER) => certifiedDataIn(bytesOf(hex(certificate)), canister);

describe('the certified data in a certificate', () => {
  it('stand at /canister/<id>/certified_data', () => {
    expect(shown(BY_HAND)).toBe('0102');
    expect(shown(BY_HAND, canisterId(1))).toBeUndefined();
  });

  it.each(['', '00', 'ff'.repeat(32)])('are those that it was made with: "%s"', (data) => {
    expect(shown(certificateOf(queryTree(CANISTER, hex(data), TIME)))).toBe(data);
  });

  it('are found beside whatever else the tree has, or hides', () => {
    const beside: readonly HashTree[] = [[0], [4, new Uint8Array(32)], [3, new Uint8Array(3)], labeled('subnet', [0])];
    const tree = queryTree(CANISTER, 'ab' as Hex, TIME);
    for (const other of beside) {
      expect(shown(certificateOf([1, other, tree]))).toBe('ab');
      expect(shown(certificateOf([1, tree, other]))).toBe('ab');
    }
  });

  it('are not known where it hides them, or is no certificate', () => {
    const pruned: HashTree = labeled('canister', labeled(bytesOf(CANISTER), [4, new Uint8Array(32)]));
    const cut = BY_HAND.slice(0, -2);
    const others = [
      certificateOf(pruned),
      cut,
      `${BY_HAND}00`,
      '',
      '00',
      'a0',
      '80',
      'd9d9f7a16b636572746966696361746540',
    ];
    for (const certificate of others) expect(shown(certificate)).toBeUndefined();
  });
});
