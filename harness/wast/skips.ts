// table: reviewed list of the assertions of the official scripts that the runner skips, each with its reason

/** `module` skips a module and what is said of it; `assertion` skips one command. Lines are those of the pinned suite. */
export interface Skip {
  readonly file: string;
  readonly lines: readonly number[];
  readonly reason: string;
}

export const SKIPS: readonly Skip[] = [];
