// plumbing: which suite this is — version, sources, and a hash over everything that decides verdicts
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROFILES } from '../../spec/profiles/profiles.js';
import { RULES } from '../../spec/rules/index.js';
import { SYSTEM_API } from '../../spec/system-api.js';
import { Crash } from '../../spec/vocabulary/engine.js';
import type { ReportSuite } from '../../reports/report.js';
import { DOCUMENTS } from '../spec-lock/documents.js';

interface PackageJson {
  readonly name: string;
  readonly version: string;
}

/** The directory of the package, whether this runs from the sources or from the build. */
export function packageRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const file = join(directory, 'package.json');
    if (existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as PackageJson).name === 'ic0-conformance')
      return directory;
    const parent = dirname(directory);
    if (parent === directory) throw new Crash('the package.json of ic0-conformance is missing');
    directory = parent;
  }
}

let known: ReportSuite | undefined;

/** Version, revisions of the source documents, and a hash over version, catalogue, import table and profiles. */
export function suite(): ReportSuite {
  if (known !== undefined) return known;
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as PackageJson;
  const spec = DOCUMENTS.map(({ document, revision }) => ({ document, revision }));
  const hash = createHash('sha256')
    .update(canonical({ version, spec, rules: RULES, api: SYSTEM_API, profiles: PROFILES }))
    .digest('hex');
  known = { version, spec, hash };
  return known;
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) => {
    if (typeof field === 'bigint') return field.toString();
    return field instanceof Set ? [...(field as Set<unknown>)] : field;
  });
}
