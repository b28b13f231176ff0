// plumbing: pins what a set of seeds generates — changing it is an explicit act (`npm test -- no-regression -u`)
import { createHash } from 'node:crypto';
import { compileModules, FAMILIES, generateCase } from './index.js';
import { asText } from './testing/arbitrary-assertions.js';

function digest(seed: string, k: number): string {
  const { scenario, aims } = generateCase(seed, k);
  const hash = createHash('sha256').update(asText(scenario)).update(asText(aims));
  for (const bytes of compileModules(scenario)) hash.update(bytes);
  return hash.digest('hex').slice(0, 16);
}

describe('what seeds generate', () => {
  it.each(['', 'ic0', 'grüß 𝒳'])('seed "%s"', (seed) => {
    const digests = Array.from({ length: 24 }, (_, k) => digest(seed, k));
    expect(digests).toMatchSnapshot();
  });

  it.each([...FAMILIES])('family %s', (family) => {
    const digests = Array.from({ length: 6 }, (_, k) => {
      const { scenario } = generateCase('family', k, { families: [family] });
      return createHash('sha256').update(asText(scenario)).digest('hex').slice(0, 16);
    });
    expect(digests).toMatchSnapshot();
  });
});
