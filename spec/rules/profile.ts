// table: clauses of our profiles, never of the specification — spec/profiles/CHARGING.md, spec/profiles/READINGS.md
import { chapter, must } from './rule.js';

const tier = 'profile' as const;
const at = (section: string) => ({ tier, anchor: `CHARGING.md#${section}` });

export const profile = chapter('profile', 'CHARGING.md#1-instructions', {
  instructions: must(
    ['trace', 'value'],
    'An execution uses exactly the instructions that CHARGING.md counts.',
    at('1-instructions'),
  ),
  'block-charge': must(
    ['value', 'trace'],
    'A block is charged whole when control enters it; it ends with the operators listed.',
    at('1-instructions'),
  ),
  'function-entry': must(['value', 'trace'], 'Each activation costs 1 beside its first block.', at('1-instructions')),
  'loop-test': must(
    ['trap', 'trace'],
    'The limit is tested at function entry, in the block after loop, after dynamic and system-call charges; nowhere else.',
    at('1-instructions'),
  ),
  'bulk-charge': must(
    ['value', 'trace'],
    'Bulk instructions charge their size operand before their bounds check.',
    at('1-instructions'),
  ),
  'system-call-charge': must(
    ['value', 'trace'],
    'A system call is charged on entry: base and bytes copied.',
    at('1-instructions'),
  ),
  'stable-page-charge': must(
    ['value', 'trace'],
    'A stable write charges each 4 KiB page that this execution writes first.',
    at('1-instructions'),
  ),
  'reported-at-most-limit': must(
    ['value', 'trace'],
    'Reported instructions are at most the limit.',
    at('1-instructions'),
  ),
  'performance-counter': must(
    ['value'],
    'performance_counter gives the exact counts, its own charge included.',
    at('1-instructions'),
  ),
  'instruction-limit': must(
    ['trap', 'trace'],
    'Each kind of execution has the limit of CHARGING.md, section 6.',
    at('6-limits'),
  ),
  'stack-budget': must(['trap', 'trace'], 'An activation that exceeds the stack budget traps before it is charged.', {
    tier,
    anchor: 'stack-budget.md#stack-budget',
  }),
  fees: must(['cycles'], 'Every balance is exactly what CHARGING.md says.', at('2-from-instructions-to-cycles')),
  'message-fee': must(
    ['cycles'],
    'An execution costs the base fee and its instructions; the rest of what was withdrawn comes back.',
    at('3-messages-to-a-canister'),
  ),
  'ingress-fee': must(
    ['cycles'],
    'An accepted ingress message costs its fee and bytes.',
    at('3-messages-to-a-canister'),
  ),
  'call-fee': must(
    ['cycles'],
    'A call costs its fee and bytes, and sets aside what its response may cost.',
    at('4-calls'),
  ),
  'response-refund': must(['cycles'], 'What the response and its callback did not use comes back.', at('4-calls')),
  'install-fee': must(
    ['cycles'],
    'An installation costs the base fee and its instructions.',
    at('5-management-and-time'),
  ),
  'idle-fee': must(['cycles'], 'Time costs what allocations and memory cost.', at('5-management-and-time')),
  'freezing-limit': must(
    ['cycles', 'value'],
    'The freezing limit is exactly that of CHARGING.md.',
    at('5-management-and-time'),
  ),
  costs: must(['value'], 'The cost functions give exactly the figures of the profile.', at('5-management-and-time')),
  'nan-canonical': must(['value', 'trace'], 'A NaN result of float arithmetic is the canonical NaN.', {
    tier,
    anchor: 'READINGS.md#readings',
  }),
  features: must(['module'], 'Only the WebAssembly features and instructions of the profile are accepted.', {
    tier,
    anchor: 'READINGS.md#readings',
  }),
  'imported-state-refused': must(['module'], 'Imported memories, tables and globals are refused.', {
    tier,
    anchor: 'READINGS.md#readings',
  }),
  'optional-module-limits': must(['module'], 'The optional module limits are enforced as the profile says.', {
    tier,
    anchor: 'READINGS.md#readings',
  }),
  'reject-codes': must(['response'], 'Rejects carry the codes of spec/profiles/reject-causes.ts.', {
    tier,
    anchor: 'READINGS.md#readings',
  }),
  'reject-messages': must(['response'], 'Rejects carry the messages of spec/profiles/reject-causes.ts.', {
    tier,
    anchor: 'READINGS.md#readings',
  }),
  limits: must(['value', 'trap'], 'Sizes end where the limits of the profile say.', {
    tier,
    anchor: 'READINGS.md#readings',
  }),
  readings: must(['trace'], 'Where the text is open the engines follow READINGS.md.', {
    tier,
    anchor: 'READINGS.md#readings',
  }),
  log: must(['trace', 'state'], 'The log holds exactly the records of READINGS.md, 26 and 27.', {
    tier,
    anchor: 'READINGS.md#readings',
  }),
  version: must(['trace', 'value'], 'The version is incremented exactly where READINGS.md says.', {
    tier,
    anchor: 'READINGS.md#readings',
  }),
  'queue-capacity': must(
    ['value'],
    'call_perform gives 2 when queueCapacity calls to the callee are under way.',
    at('4-calls'),
  ),
});
