// table: clauses of WebAssembly itself — webassembly.github.io/spec/core
import { chapter, may, must } from './rule.js';

export const wasm = chapter('wasm', 'canister-interface.md#canister-module-format', {
  decoding: must(['module'], 'Only well-formed binaries are modules.'),
  validation: must(['module'], 'Only valid modules are modules.'),
  arithmetic: must(['value'], 'Integer instructions compute as WebAssembly defines.'),
  'float-arithmetic': must(
    ['value'],
    'Float instructions compute as IEEE 754 and WebAssembly define, NaN payloads aside.',
  ),
  simd: must(['value'], 'Vector instructions compute lane by lane.'),
  conversions: must(['value', 'trap'], 'Conversions between number types compute, or trap, as WebAssembly defines.'),
  'nan-payload': may(['value'], 'The payload of a NaN result is one of those that WebAssembly allows.'),
  control: must(['value'], 'Blocks, loops, branches, calls and returns transfer control as defined.'),
  'call-indirect': must(
    ['value', 'trap'],
    'call_indirect calls the table entry, and traps where it is missing, null or of another type.',
  ),
  memory: must(['value'], 'Loads and stores are little-endian and touch exactly their bytes.'),
  'memory-bounds': must(
    ['trap'],
    'An access beyond the memory traps, also one that begins inside; the effective address does not wrap.',
  ),
  'memory-grow': must(
    ['value'],
    'memory.grow gives the old size in pages, or -1 and then changes nothing; new pages hold zeroes.',
  ),
  'memory-grow-may-fail': may(['value'], 'memory.grow may fail at any size.'),
  bulk: must(['value'], 'memory.fill, copy and init do what is defined, overlapping ranges too.'),
  'bulk-bounds': must(['trap'], 'A bulk instruction whose range is out of bounds traps before it writes anything.'),
  tables: must(['value', 'trap'], 'Table instructions do what is defined.'),
  globals: must(['value'], 'Globals hold what was last set.'),
  start: must(['order'], 'Instantiation applies active segments in order, then runs the start function.'),
  'active-segment-bounds': must(['trap'], 'Instantiation traps where an active segment does not fit.'),
  traps: must(['trap'], 'unreachable, division by zero and overflow trap.', { sameAs: ['atomicity/any-trap'] }),
  'initial-memory': must(['value'], 'A memory starts with its minimum size, zeroed but for active segments.'),
  memory64: must(['value', 'trap'], 'In a 64-bit memory addresses and sizes are 64-bit.'),
});
