// table: clauses — canister-interface.md#host-references
import { chapter, informative, must } from './rule.js';

export const hostReferences = chapter('host-references', 'canister-interface.md#host-references', {
  outlook: informative('An interface with host references is planned in a module named ic.'),
  'no-ic-module': must(['module'], 'There is no such interface yet: an import from ic is refused.', {
    sameAs: ['module-requirements/imports-from-ic0'],
  }),
});
