// plumbing: writes the published JSON Schemas from the codecs that they describe — `npm run build && node dist/harness/schemas.js`
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { reportSchema } from '../reports/json.js';
import { formatJson } from '../reports/schemas/json.js';
import { readCommandLine } from './command-line.js';
import { caseSchema } from './corpus/case-file.js';
import { staticCaseSchema, staticIndexSchema } from './fill/static-case.js';
import { protocolSchema } from './protocol/messages.js';

const SCHEMAS = {
  'case-1.json': caseSchema(),
  'report-1.json': reportSchema(),
  'static-case-1.json': staticCaseSchema(),
  'static-index-1.json': staticIndexSchema(),
  'target-protocol-1.json': protocolSchema(),
};

readCommandLine(new Command('schemas').description('writes reports/schemas/'));
for (const [name, schema] of Object.entries(SCHEMAS)) writeFileSync(`reports/schemas/${name}`, formatJson(schema));
