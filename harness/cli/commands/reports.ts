// plumbing: the commands `merge`, `report` and `compare`
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { changesBetween, changeText, unlike } from '../../../reports/comparison.js';
import { judgedNothing, plural } from '../../../reports/figures.js';
import { decodeReport } from '../../../reports/json.js';
import type { Report } from '../../../reports/report.js';
import { ruleNamed } from '../../../spec/rules/index.js';
import { mergeReports, missingShards } from '../../runner/merge.js';
import { UsageError } from '../../runner/options.js';
import { finish } from '../../runner/run.js';
import { errorCode } from '../../system-error.js';
import { readWaivers } from '../../waivers/waivers.js';
import { REPORT_KINDS, reportRequest, requireReports, writeReports } from '../reports.js';
import { repeated } from '../usage.js';

interface Options {
  readonly report?: readonly string[];
  readonly waivers?: string;
}

const REPORT = ['--report <KIND[=PATH]>', `${REPORT_KINDS}; may be repeated`, repeated] as const;
const WAIVERS = ['--waivers <FILE>', 'clauses whose violation is accepted, with reasons'] as const;

export function addMerge(program: Command): void {
  program
    .command('merge')
    .description('put the reports of shards together')
    .argument('<REPORT.json...>')
    .option(...REPORT)
    .option(...WAIVERS)
    .action(async (paths: readonly string[], options: Options) => {
      const requests = (options.report ?? []).map(reportRequest);
      const waivers =
        options.waivers === undefined ? [] : readWaivers(options.waivers, (id) => ruleNamed(id) !== undefined);
      requireReports(requests);
      const parts = paths.map(readReport);
      const { report, exitCode } = finish(await mergeReports(parts), waivers);
      const missing = missingShards(parts);
      if (missing.length > 0)
        process.stderr.write(`merge: no report of ${plural(missing.length, 'shard')}: ${missing.join(', ')}\n`);
      process.exitCode = exitCode;
      writeReports(report, requests);
    });
}

export function addReport(program: Command): void {
  program
    .command('report')
    .description('show a report again, in any form')
    .argument('<REPORT.json...>')
    .option(...REPORT)
    .action((paths: readonly string[], options: Options) => {
      const requests = (options.report ?? []).map(reportRequest);
      const [file] = requests.filter(({ path }) => path !== undefined);
      if (paths.length > 1 && file !== undefined) {
        throw new UsageError(
          `--report ${file.kind}: ${paths.length} reports would be written to one file, ${file.path ?? ''}. Show them one by one, or put shards together with: ic0-conformance merge`,
        );
      }
      requireReports(requests);
      for (const path of paths) writeReports(readReport(path), requests);
    });
}

export function addCompare(program: Command): void {
  program
    .command('compare')
    .description('what changed between two reports')
    .argument('<OLD.json>')
    .argument('<NEW.json>')
    .action((oldPath: string, newPath: string) => {
      const [before, after] = [readReport(oldPath), readReport(newPath)];
      for (const difference of unlike(before, after)) process.stderr.write(`the two are not alike: ${difference}\n`);
      const changes = changesBetween(before, after);
      process.stdout.write(changes.length === 0 ? 'no clause changed\n' : `${changes.map(changeText).join('\n')}\n`);
      process.exitCode = changes.some(({ kind }) => kind === 'worse') ? 1 : judgedNothing(after) ? 3 : 0;
    });
}

function readReport(path: string): Report {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(
      `${path}: cannot be read (${errorCode(error)}). Name a report that was made with --report json`,
    );
  }
  return decodeReport(text, path);
}
