// table: reviewed reasons why the model and V8 may differ on whether bytes are a module

import type { ModelVerdict } from './mutations.js';

interface Difference {
  readonly reason: string;
  readonly fits: (model: ModelVerdict, v8: boolean, wabt: boolean) => boolean;
}

const refusal = (model: ModelVerdict): string => (model.kind === 'accepted' ? '' : model.message);

const DIFFERENCES: readonly Difference[] = [
  {
    reason: 'the binary uses a feature that the Internet Computer does not enable and this V8 does',
    fits: (model, v8) => v8 && model.kind !== 'accepted' && model.feature !== undefined,
  },
];

/** The reason of a difference, from the list. */
export const explain = (model: ModelVerdict, v8: boolean, wabt: boolean): string | undefined =>
  DIFFERENCES.find(({ fits }) => fits(model, v8, wabt))?.reason;

export { refusal };
