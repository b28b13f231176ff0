// table: clauses — canister-interface.md#on-low-wasm-memory
import { ambiguous, chapter, may, must } from './rule.js';

export const onLowWasmMemory = chapter('on-low-wasm-memory', 'canister-interface.md#on-low-wasm-memory', {
  'falls-below': must(
    ['order'],
    'The hook is scheduled when the remaining Wasm memory falls from at least the threshold to strictly less.',
  ),
  'not-above': must(['order'], 'It is not scheduled while the remaining memory is at least the threshold.'),
  'default-threshold-zero': must(['order'], 'The threshold is the setting wasm_memory_threshold, by default 0.'),
  'default-never': ambiguous(8, ['order'], 'The hook with threshold 0.', [
    'Never scheduled (management canister).',
    'Scheduled where wasm_memory_limit is 0 (formula of the abstract behaviour).',
  ]),
  'edge-or-level': ambiguous(9, ['order'], 'What schedules the hook.', [
    'An edge: the remaining memory falls below the threshold (interface text).',
    'A level: it is below and the hook has not run since it was last not below, also after management calls (abstract behaviour).',
  ]),
  'callbacks-before': ambiguous(10, ['order'], 'What may run between the condition and the hook.', [
    'Response callbacks may run (abstract behaviour, later text).',
    'Nothing else of the canister runs first.',
  ]),
  'armed-again': must(
    ['order'],
    'After the remaining memory was at least the threshold again, the hook can be scheduled again.',
    {
      anchor: 'abstract-behavior.md#rule-on-low-wasm-memory',
    },
  ),
  'once-per-fall': must(['order'], 'For one fall below the threshold the hook runs once.', {
    anchor: 'abstract-behavior.md#rule-on-low-wasm-memory',
  }),
  'frozen-waits': may(['order'], 'A hook that is scheduled may wait for cycles.'),
  'frozen-then-unfrozen': must(
    ['order'],
    'A hook that is scheduled when the canister freezes runs after it is unfrozen, if the remaining memory is still below the threshold.',
  ),
  'only-when-running': must(['order'], 'The hook runs only in a canister that is running.', {
    anchor: 'abstract-behavior.md#call-context-creation',
  }),
});
