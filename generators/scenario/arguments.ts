// plumbing: system calls whose arguments come from outside — one method, many arguments
import { hexOf } from '../../spec/vocabulary/brands.js';
import { existsFor, SYSTEM_API, type SystemApiFunction } from '../../spec/system-api.js';
import type { Expression, Statement } from '../../spec/vocabulary/program.js';
import { LAYOUT } from '../canister/builder.js';
import { constant, load, logMemory, MEMORY_BYTES, operation, systemCall } from '../canister/expressions.js';
import type { Draw } from '../draw.js';
import { tellLog } from './canister.js';
import type { Scope } from './scope.js';
import type { Stage, StagedCanister } from './stage.js';
import { standardCall } from './system-calls.js';
import { ENVS, HUGE, KEY_NAMES, MASK_64, PAGE, PAGE_COUNTS, principalBytes, TEXTS, TIMES } from './values.js';

/** An argument: a number, and how often the size of the memory is added to it. */
type Argument = readonly [n: bigint, ends: bigint];

/** Where the arguments are copied to: the last of the cells. */
const AT = LAYOUT.cells + 0x300;
/** How many arguments a method is called with. */
const TUPLES = 8;

const WORDS = [0n, 1n, 2n, 3n, 0x100n, 0x8000_0000n, 0xffff_ffffn] as const;
const LONGS = [0n, 1n, 1_000_000n, (1n << 32n) - 1n, 1n << 32n, 1n << 63n, MASK_64] as const;
const SIZES = [0n, 0n, 1n, 2n, 8n, 16n, 29n, 30n, 32n, 33n, 128n, 129n, 4_096n] as const;
const INDICES = [0n, 1n, 2n, 3n, 4n, 1n << 32n, (1n << 32n) + 1n, 1n << 63n, MASK_64] as const;
const TIMEOUTS = [0n, 1n, 300n, 301n, 1n << 31n, (1n << 32n) - 1n] as const;
const PAGES = [0n, 1n, 1n, 2n, 65_535n, 65_536n, 65_537n, 131_071n, 131_072n] as const;

/** Functions with arguments that say something; the others are called well or not at all. */
const FUNCTIONS = SYSTEM_API.filter(({ name, params }) => params.length > 0 && name !== 'call_new');

/** Arguments at and around every boundary that there is for the function. */
class Arguments {
  constructor(
    private readonly draw: Draw,
    private readonly f: SystemApiFunction,
    private readonly scope: Scope,
    /** Size of the stable memory in pages. */
    private readonly pages: bigint,
  ) {}

  private get takesText(): boolean {
    return /^(cost_(sign|vetkd)|env_var|is_controller|msg_reject)/.test(this.f.name);
  }

  /** A range of constants: names and principals, and what is like them. */
  private text(): readonly [Argument, bigint] | undefined {
    const { draw, scope, f } = this;
    const name = scope.environment.length > 0 ? draw.pick(scope.environment).name : '';
    const alike = () => draw.pick([name, name, name.toLowerCase(), `${name}\u0000`, name.slice(0, -1), `${name} `]);
    const bytes = f.name.startsWith('cost')
      ? new TextEncoder().encode(draw.pick(KEY_NAMES))
      : f.name.startsWith('env')
        ? new TextEncoder().encode(alike())
        : f.name === 'msg_reject'
          ? draw.pick(TEXTS)
          : principalBytes(
              draw,
              scope.peers.map(({ canister }) => canister),
            );
    const { address, length } = scope.program.blob(bytes);
    return address.kind === 'constant' ? [[BigInt(address.value), 0n], BigInt(length)] : undefined;
  }

  private pointer(size: bigint): Argument {
    const { draw } = this;
    const near = BigInt(LAYOUT.scratch + 8 * draw.below(0x80));
    return draw.weighted<Argument>([
      [4, [near, 0n]],
      [3, [-size, 1n]],
      [3, [1n - size, 1n]],
      [1, [draw.pick([0n, 1n, -1n]), 1n]],
      [1, [draw.pick(HUGE) - draw.pick([0n, size]), 0n]],
      // What 32 bits show of it is within the memory.
      [1, [near + draw.pick([1n << 32n, 1n << 48n]), 0n]],
      [1, [0n, 0n]],
    ]);
  }

  private offset(size: bigint): bigint {
    const { draw, pages } = this;
    const end = pages * PAGE;
    if (this.f.name.startsWith('stable')) {
      const values = [0n, 1n, end - size, end - size + 1n, end, end + 1n, 1n << 32n, (1n << 32n) - size, 4_090n];
      return draw.chance(85) ? draw.pick(values) : draw.pick(HUGE);
    }
    return draw.weighted<bigint>([
      [5, draw.pick([0n, 0n, 1n, 2n, 9n, 10n])],
      [2, draw.pick(HUGE)],
      [2, (draw.pick([1n << 32n, 1n << 64n]) - size) & MASK_64],
    ]);
  }

  private other(name: string, type: string): bigint {
    const { draw } = this;
    if (name === 'index') return draw.pick(INDICES);
    if (name.startsWith('new_pages')) {
      return draw.pick([...PAGE_COUNTS, MASK_64 + 1n - this.pages, PAGE - this.pages, PAGE - this.pages + 1n]);
    }
    if (name === 'timestamp') return draw.chance(50) ? draw.pick(TIMES) : this.scope.time + draw.bits(40);
    if (name === 'timeout_seconds') return draw.pick(TIMEOUTS);
    if (name === 'env') return draw.pick(ENVS);
    return type === 'i32' || type === 'I' ? draw.pick(WORDS) : draw.pick(LONGS);
  }

  next(): readonly Argument[] {
    const { draw, f } = this;
    const text = this.takesText && draw.chance(60) ? this.text() : undefined;
    const size = draw.chance(90) ? draw.pick(SIZES) : draw.pick(HUGE);
    return f.params.map(({ name, type }): Argument => {
      if (text !== undefined && name.endsWith('src')) return text[0];
      if (text !== undefined && /^(name_)?size$/.test(name) && f.params.some((p) => p.name.endsWith('src'))) {
        // The first size is that of the text; a function that copies has another one, of its destination.
        const own = f.name === 'env_var_value_copy' && name === 'size';
        return own ? [draw.pick([0n, 1n, 2n, 6n]), 0n] : [text[1], 0n];
      }
      if (name.endsWith('src') || name === 'dst')
        return this.pointer(f.params.some((p) => p.name === 'size') ? size : 16n);
      if (/^(name_)?size$/.test(name)) return [size, 0n];
      if (name === 'offset') return [this.offset(size), 0n];
      return [this.other(name, type), 0n];
    });
  }
}

/** The words of the arguments, as the argument of the message. */
function encoded(args: readonly Argument[]): Uint8Array {
  const bytes = new Uint8Array(16 * args.length);
  const view = new DataView(bytes.buffer);
  args.forEach(([n, ends], i) => {
    view.setBigUint64(16 * i, BigInt.asUintN(64, n), true);
    view.setBigUint64(16 * i + 8, ends, true);
  });
  return bytes;
}

const argument = (i: number): Expression =>
  operation('add', load(AT + 16 * i, 8), operation('mul', load(AT + 16 * i + 8, 8), MEMORY_BYTES));

/** Adds a method that calls a function with the arguments that it is given, and calls it with many. */
export function fromOutside(stage: Stage, canister: StagedCanister): void {
  const { draw } = stage;
  const { module } = canister;
  if (!module.program.hasRoom) return;
  const f = draw.pick(FUNCTIONS.filter((one) => existsFor(one, module.program.width) && one.params.length <= 6));
  const asked = f.contexts.has('NRQ') && (draw.chance(75) || !f.contexts.has('U'));
  if (!asked && !f.contexts.has('U')) return;
  const scope = module.scope(asked ? 'canister_query' : 'canister_update');
  const pages = f.name.startsWith('stable') ? draw.pick(PAGES) : 0n;
  const quiet = (name: string, ...args: readonly Expression[]): Statement => ({ kind: 'system call', name, args });
  const body: Statement[] = [
    quiet('msg_arg_data_copy', constant(AT), constant(0), constant(16 * f.params.length)),
    ...(pages > 0n ? [quiet('stable64_grow', constant(pages))] : []),
    ...(f.name.startsWith('call_') ? [standardCall(scope)] : []),
    systemCall(f.name, ...f.params.map((_, i) => argument(i))),
    logMemory(constant(LAYOUT.scratch), constant(64)),
    logMemory(operation('sub', MEMORY_BYTES, constant(16)), constant(16)),
    ...(['msg_reject', 'trap'].includes(f.name) ? [] : [tellLog(), systemCall('msg_reply')]),
  ];
  const name = `with ${f.name} ${stage.next()}`;
  module.program.exported(`canister_${asked ? 'query' : 'update'} ${name}`, body, scope.locals);
  const args = new Arguments(draw, f, scope, pages);
  for (let i = 0; i < TUPLES; i++) {
    const arg = hexOf(encoded(args.next()));
    if (asked) stage.query(canister.id, name, arg);
    else stage.ingress(canister.id, name, arg);
  }
}
