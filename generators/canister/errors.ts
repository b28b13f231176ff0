// plumbing: what is wrong with a program

/** A program that cannot be compiled or read. `where`: path within the program, such as `functions[2].body[0]`. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';

  constructor(
    readonly where: string,
    readonly problem: string,
  ) {
    super(`${where}: ${problem}`);
  }
}
