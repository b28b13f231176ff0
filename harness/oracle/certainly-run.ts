// plumbing: which instructions an execution that returned has certainly run — for the report alone, no verdict depends on it
import type { CanisterModule } from '../../reference-model/index.js';
import { InstructionReader } from '../../reference-model/wasm/binary/instructions.js';
import { twins } from '../../spec/rules/index.js';
import type { ExecutionRecord } from '../../spec/vocabulary/record.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import { ALL_FEATURES } from '../../spec/wasm/features.js';
import type { Mnemonic } from '../../spec/wasm/instructions.js';

/** Clauses of WebAssembly, and of charges, by the instructions that they are about. */
const ABOUT: readonly (readonly [mnemonic: RegExp, clauses: string])[] = [
  [/^i(32|64)\.(add|sub|mul|div|rem|and|or|xor|shl|shr|rot|clz|ctz|popcnt|eq|ne|lt|gt|le|ge)/, 'wasm/arithmetic'],
  [
    /^f(32|64)\.(add|sub|mul|div|sqrt|min|max|ceil|floor|trunc|nearest|abs|neg|copysign|eq|ne|lt|gt|le|ge)/,
    'wasm/float-arithmetic',
  ],
  [/^(v128\.(and|or|xor|not|any|bitselect)|[if]\d+x\d+\.)/, 'wasm/simd'],
  [/^[if](32|64)\.(wrap|extend|convert|demote|promote|reinterpret|trunc_)/, 'wasm/conversions'],
  [/\.(load|store)/, 'wasm/memory'],
  [/^memory\.(fill|copy|init)$/, 'wasm/bulk profile/bulk-charge'],
  [/^table\.(get|set|size|grow|fill|copy|init)$/, 'wasm/tables'],
  [/^global\.set$/, 'wasm/globals'],
];
/** Of those that take an address. */
const ADDRESSES = /\.(load|store)|^memory\.(fill|copy|init)$/;

type ByExport = Map<string, readonly ClauseId[]>;
const KNOWN = new WeakMap<CanisterModule, ByExport>();
const NONE: readonly ClauseId[] = [];

/** The clauses that an execution has shown by the instructions that it must have run. Callbacks, whose functions no record names, show none. */
export function shownByInstructions(module: CanisterModule, execution: ExecutionRecord): readonly ClauseId[] {
  if (execution.outcome.kind !== 'returned') return NONE;
  const name = exportOf(execution);
  let byExport = KNOWN.get(module);
  if (byExport === undefined) KNOWN.set(module, (byExport = new Map()));
  let clauses = byExport.get(name);
  if (clauses === undefined) byExport.set(name, (clauses = clausesOf(module, name)));
  return clauses;
}

/** The name of the export by which an execution began; of callbacks and start functions a name that no module exports. */
function exportOf({ entryPoint, method }: ExecutionRecord): string {
  const [kind = ''] = entryPoint.split(' ');
  return method === undefined ? entryPoint : `${kind} ${method}`;
}

function clausesOf(module: CanisterModule, name: string): readonly ClauseId[] {
  const exported = module.wasm.exports.find((one) => one.name === name && one.kind === 'func');
  if (exported === undefined) return NONE;
  const mnemonics = [...certainlyRun(module, exported.index)];
  const about = ABOUT.filter(([pattern]) => mnemonics.some((one) => pattern.test(one))).map(([, clauses]) => clauses);
  const isWide = module.width === 'i64' && mnemonics.some((one) => ADDRESSES.test(one));
  return [...about, ...(isWide ? ['wasm/memory64'] : [])].flatMap((clauses) => clauses.split(' ')).flatMap(twins);
}

/** The instructions that every run of a function comes to that returns, those of the functions that it certainly calls too. */
export function certainlyRun({ wasm }: CanisterModule, index: number): ReadonlySet<Mnemonic> {
  const found = new Set<Mnemonic>();
  const called = new Set<number>();
  const call = (callee: number) => {
    const body = wasm.bodies[callee - wasm.importedFunctionCount];
    if (body === undefined || called.has(callee)) return;
    called.add(callee);
    const reader = new InstructionReader(wasm.bytes, body.code, ALL_FEATURES);
    // Of each block around the place, the function's own first: whether the rest of it may be left out.
    const blocks: boolean[] = [false];
    const leave = (label: number) => {
      for (let i = Math.max(0, blocks.length - 1 - label); i < blocks.length; i++) blocks[i] = true;
    };
    const callees: number[] = [];
    while (blocks.length > 0) {
      const { mnemonic } = reader.next();
      if (!blocks.includes(true)) {
        found.add(mnemonic);
        if (mnemonic === 'call') callees.push(reader.index);
      }
      switch (mnemonic) {
        case 'block':
        case 'loop':
          blocks.push(false);
          break;
        case 'if':
          blocks.push(true);
          break;
        case 'end':
          blocks.pop();
          break;
        case 'br':
        case 'br_if':
          leave(reader.index);
          break;
        case 'br_table':
          leave(Math.max(reader.index, ...reader.labels));
          break;
        case 'return':
        case 'unreachable':
          leave(blocks.length - 1);
          break;
        default:
          break;
      }
    }
    for (const one of callees) call(one);
  };
  call(index);
  return found;
}
