// plumbing: what is wrong with what the user gave to `check`

/** Unusable input: the command ends with exit code 2 and this message. */
export class CheckInputError extends Error {
  override readonly name = 'CheckInputError';

  /**
   * @param where the file or option
   * @param what what is wrong with it, one sentence without a full stop
   * @param advice what to do about it, one sentence without a full stop
   */
  constructor(
    readonly where: string,
    readonly what: string,
    readonly advice: string,
  ) {
    super(`${where}: ${what}. ${advice}.`);
  }
}
