// table: the laws, in the order in which they judge
import type { Law } from '../law.js';
import { amounts } from './amounts.js';
import { atomicity } from './atomicity.js';
import { availability } from './availability.js';
import { conservation } from './conservation.js';
import { monotonic } from './monotonic.js';
import { noTrace } from './no-trace.js';
import { ownState } from './own-state.js';
import { refunds } from './refunds.js';
import { responses } from './responses.js';
import { upgrades } from './upgrades.js';

export const LAWS: readonly Law[] = [
  availability,
  atomicity,
  noTrace,
  upgrades,
  ownState,
  responses,
  monotonic,
  amounts,
  refunds,
  conservation,
];
