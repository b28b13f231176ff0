// plumbing: tests of what is seen of an answer to a question for a certificate
import type { Hex, Nanoseconds } from '../../spec/vocabulary/brands.js';
import { canisterId, userId } from '../../spec/vocabulary/ids.js';
import type { Stimulus } from '../../spec/vocabulary/scenario.js';
import { certificateOf, queryTree } from '../certificate.js';
import { certificateSight, NO_CERTIFIED_DATA, outcomeSight } from './observation.js';
import { CERTIFICATE_METHOD } from './state-query.js';

const [canister, sender] = [canisterId(0), userId(0)];
const asked: Stimulus = { kind: 'query', canister, method: CERTIFICATE_METHOD, arg: '' as Hex, sender };
const replied = (data: Hex) => outcomeSight(3, asked, { kind: 'responded', response: { kind: 'reply', data } });

describe('an answer to a question for a certificate', () => {
  const certificate = certificateOf(queryTree(canister, 'c0ffee' as Hex, 5n as Nanoseconds));

  it('shows the certified data in it, and nothing where it cannot be read', () => {
    expect(certificateSight(replied(certificate), asked)).toMatchObject({ stroke: 3, value: 'certified data c0ffee' });
    expect(certificateSight(replied('' as Hex), asked).value).toBe(NO_CERTIFIED_DATA);
    expect(certificateSight(replied(certificate), asked).data).toBeUndefined();
  });

  it('must show what the model has, or nothing', () => {
    const sight = certificateSight(replied('' as Hex), asked, () => 'c0ffee' as Hex);
    expect(sight).toMatchObject({ value: 'certified data c0ffee', orValues: [NO_CERTIFIED_DATA] });
  });

  it('is a reject like any other where there is no reply, with the codes that readings give it', () => {
    const response = { kind: 'reject', code: 5, message: 'no' } as const;
    const reject = outcomeSight(3, asked, { kind: 'responded', response }, [3]);
    expect(certificateSight(reject, asked, () => 'c0ffee' as Hex)).toEqual(reject);
    expect(reject.orValues).toEqual(['reject with code 3']);
  });
});
