// plumbing: what can become of a question to a target beside an answer
/**
 * The target failed: it died, hung, or answered nonsense. The case is `errored`, never a pass, and the next case starts anew.
 * The message says what was seen.
 */
export class TargetFault extends Error {
  override readonly name = 'TargetFault';
}

/** The target cannot do what the case needs. The case is `skipped`, with this reason. */
export class TargetSkip extends Error {
  override readonly name = 'TargetSkip';
}
