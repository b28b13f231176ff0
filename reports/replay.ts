// plumbing: replay commands as they are printed — with the directory that the cases are in
import { DEFAULT_CORPUS, type Report } from './report.js';

/** A text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w:./@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The report with replay commands that work as they stand. The directory is the host's: the json report is the same without. */
export function located(report: Report): Report {
  const { corpus = DEFAULT_CORPUS } = report.host;
  if (corpus === DEFAULT_CORPUS) return report;
  const at = (command: string) => `${command} --corpus ${shellWord(corpus)}`;
  return {
    ...report,
    failures: report.failures.map((failure) => ({
      ...failure,
      story: { ...failure.story, replay: at(failure.story.replay) },
    })),
    skipped: report.skipped.map(({ replay, ...skip }) => ({
      ...skip,
      ...(replay !== undefined && { replay: at(replay) }),
    })),
  };
}
