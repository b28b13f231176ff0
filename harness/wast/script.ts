// plumbing: running one official script against the reference model's WebAssembly

import type { TrapKind } from '../../spec/vocabulary/trap.js';
import {
  decodeModule,
  Meter,
  Store,
  validateModule,
  WasmDecodeError,
  WasmLinkError,
  WasmTrap,
  WasmValidationError,
  type ExecutionLimits,
  type Extern,
  type Imports,
  type Instance,
  type Module,
  type Outcome,
} from '../../reference-model/wasm/index.js';
import { keywordOf, parseNodes, type ListNode, type Node } from './s-expression.js';
import type { Rewrite } from './rewrites.js';
import { spectest } from './spectest.js';
import { isDefinition, isQuoted, TextError, type TextParser } from './text.js';
import { argumentOf, expectationOf, matches } from './values.js';

/** How one command of a script ended. `line` counts from 1. */
export interface CommandResult {
  readonly line: number;
  readonly command: string;
  readonly verdict: 'passed' | 'failed' | 'skipped';
  readonly reason?: string;
}

/**
 * Limits under which the official scripts run: what they need, and no more. Above 2^32, the largest size that an
 * instruction charges for; a loop without end ends in minutes.
 */
const LIMITS: ExecutionLimits = {
  instructionLimit: 1n << 33n,
  stackSlots: 1 << 18,
  memoryPages: () => 1n << 16n,
  tableEntries: 10_000_000,
};

/** The traps that an expected message stands for, by its beginning. */
const TRAPS: readonly (readonly [string, TrapKind])[] = [
  ['unreachable', 'unreachable'],
  ['integer divide by zero', 'integer-divide-by-zero'],
  ['integer overflow', 'integer-overflow'],
  ['integer overflow', 'float-to-integer'],
  ['invalid conversion to integer', 'float-to-integer'],
  ['out of bounds memory access', 'memory-out-of-bounds'],
  ['out of bounds table access', 'table-out-of-bounds'],
  ['undefined element', 'indirect-call'],
  ['undefined element', 'table-out-of-bounds'],
  ['uninitialized element', 'indirect-call'],
  ['indirect call', 'indirect-call'],
];

/** An assertion that does not hold. */
class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure';
}

/** No loop counts to this many instructions: only the charge for a size operand does, before the bounds are checked. */
const ONLY_A_SIZE_CHARGES = 1n << 62n;

/** What the tables of skips and rewrites say of the commands of one script, by line. */
interface Review {
  skipReason(line: number): string | undefined;
  rewrites(line: number): readonly Rewrite[];
}

/** A module in a script: its instance, or why there is none. */
type ModuleState = Instance | { readonly skipped: string } | undefined;

/** The fields of a module: a script may be the fields of one module, without `(module …)` around them. */
const FIELDS = ['type', 'import', 'func', 'table', 'memory', 'global', 'export', 'start', 'elem', 'data'];

/** The command speaks of a module that was skipped. */
class DependsOnSkipped extends Error {
  override readonly name = 'DependsOnSkipped';
}

const fail = (message: string): never => {
  throw new AssertionFailure(message);
};

const textOf = (node: Node | undefined): string => (node === undefined || node.kind === 'list' ? '' : node.text);
const nameOf = (node: Node | undefined): string => Buffer.from(textOf(node), 'latin1').toString('utf8');

/** Runs the commands of one script on the model, in their order. */
export class ScriptRunner {
  private readonly store = new Store();
  private readonly meter = new Meter(LIMITS.instructionLimit);
  private readonly spectest: (name: string) => Extern | undefined;
  private readonly registered = new Map<string, ModuleState>();
  private readonly byId = new Map<string, ModuleState>();
  /** The module that commands without an id speak of; `undefined` when it failed. */
  private current: ModuleState;
  /** Where the command under way starts. */
  private line = 1;

  constructor(
    private readonly source: string,
    private readonly parser: TextParser,
    private readonly review: Review,
  ) {
    this.spectest = spectest(this.store, parser, LIMITS, this.meter);
  }

  /** Runs every command. Never throws for what a script contains. */
  run(): CommandResult[] {
    const nodes = parseNodes(this.source);
    if (nodes.some((node) => FIELDS.includes(keywordOf(node)))) return this.runModuleWithoutHead();
    const results: CommandResult[] = [];
    let counted = 0;
    for (const node of nodes) {
      for (; counted < node.start; counted++) if (this.source[counted] === '\n') this.line++;
      if (node.kind !== 'list') continue;
      results.push({ line: this.line, command: keywordOf(node), ...this.command(node, this.line) });
    }
    return results;
  }

  private runModuleWithoutHead(): CommandResult[] {
    return new ScriptRunner(`(module ${this.source}\n)`, this.parser, this.review).run();
  }

  private command(node: ListNode, line: number): Pick<CommandResult, 'verdict' | 'reason'> {
    const reason = this.review.skipReason(line);
    if (reason !== undefined) {
      if (keywordOf(node) === 'module') this.setCurrent(node, { skipped: reason });
      return { verdict: 'skipped', reason };
    }
    try {
      this.execute(node);
      return { verdict: 'passed' };
    } catch (error) {
      if (error instanceof DependsOnSkipped) return { verdict: 'skipped', reason: error.message };
      if (keywordOf(node) === 'module') this.setCurrent(node, undefined);
      const message =
        error instanceof AssertionFailure
          ? error.message
          : error instanceof Error
            ? `${error.name}: ${error.message}`
            : String(error);
      return { verdict: 'failed', reason: message };
    }
  }

  private execute(node: ListNode): void {
    const [, first, ...rest] = node.items;
    switch (keywordOf(node)) {
      case 'module':
        return this.module(node);
      case 'register':
        this.registered.set(nameOf(first), rest.length > 0 ? this.byId.get(textOf(rest[0])) : this.current);
        return;
      case 'invoke':
      case 'get':
        this.returned(this.act(node));
        return;
      case 'assert_return':
        return this.assertReturn(first as ListNode, rest as ListNode[]);
      case 'assert_trap':
        return this.assertTrap(first as ListNode, textOf(rest[0]));
      case 'assert_exhaustion':
        return this.assertExhaustion(first as ListNode);
      case 'assert_malformed':
        return this.assertMalformed(first as ListNode);
      case 'assert_invalid':
        return this.assertInvalid(first as ListNode);
      case 'assert_unlinkable':
        return this.assertUnlinkable(first as ListNode);
      default:
        return fail(`unknown command ${keywordOf(node)}`);
    }
  }

  // Modules

  private setCurrent(node: ListNode, instance: ModuleState): void {
    this.current = instance;
    const id = node.items.find((item) => item.kind === 'atom' && item.text.startsWith('$'));
    if (id) this.byId.set(textOf(id), instance);
  }

  private module(node: ListNode): void {
    const module = this.decode(node);
    validateModule(module);
    if (isDefinition(node)) return;
    const instance = this.instantiate(module);
    this.setCurrent(node, instance);
  }

  private decode(node: ListNode): Module {
    return decodeModule(this.parser.bytesOf(node, this.source, this.review.rewrites(this.line)));
  }

  private instantiate(module: Module): Instance {
    const imports: Imports = (from, name) => {
      if (from === 'spectest') return this.spectest(name);
      if (!this.registered.has(from)) return undefined;
      return this.existing(this.registered.get(from)).exported(name);
    };
    const instance = this.store.instantiate(module, imports, LIMITS, this.meter);
    this.meter.reset(LIMITS.instructionLimit);
    const started = instance.runStart();
    if (started.kind === 'trapped') throw new WasmTrap(started.trap, started.detail);
    return instance;
  }

  private existing(state: ModuleState): Instance {
    if (state === undefined) return fail('speaks of a module that failed');
    if ('skipped' in state) throw new DependsOnSkipped(`speaks of a module that is skipped: ${state.skipped}`);
    return state;
  }

  // Actions

  private act(node: ListNode): Outcome {
    const outcome = this.actWithin(node, LIMITS.instructionLimit);
    // The profile charges a size before the bounds are checked; that a size is too large shows only behind the charge.
    const bySize =
      outcome.kind === 'trapped' && outcome.trap === 'instruction-limit' && this.meter.used >= ONLY_A_SIZE_CHARGES;
    return bySize ? this.actWithin(node, 1n << 66n) : outcome;
  }

  private actWithin(node: ListNode, limit: bigint): Outcome {
    const [, first, ...rest] = node.items;
    const hasId = textOf(first).startsWith('$') && first?.kind === 'atom';
    const instance = this.existing(hasId ? this.byId.get(textOf(first)) : this.current);
    const [name, ...operands] = hasId ? rest : [first, ...rest];
    this.meter.reset(limit);
    if (keywordOf(node) === 'invoke')
      return instance.invoke(
        nameOf(name),
        operands.flatMap((one) => argumentOf(one as ListNode)),
      );
    const global = instance.exported(nameOf(name));
    return global?.kind === 'global'
      ? { kind: 'returned', results: global.value.bits() }
      : fail(`no global ${nameOf(name)}`);
  }

  private returned(outcome: Outcome): readonly bigint[] {
    return outcome.kind === 'returned' ? outcome.results : fail(`trapped: ${outcome.trap} ${outcome.detail ?? ''}`);
  }

  // Assertions

  private assertReturn(action: ListNode, expected: readonly ListNode[]): void {
    const actual = this.returned(this.act(action));
    let at = 0;
    for (const node of expected) {
      const count = matches(expectationOf(node), actual, at);
      if (count < 0)
        fail(
          `expected ${this.source.slice(node.start, node.end)}, got ${actual.map((bits) => `0x${bits.toString(16)}`).join(' ')}`,
        );
      at += count;
    }
    if (at !== actual.length) fail(`${actual.length} slots returned, ${at} expected`);
  }

  private assertTrap(action: ListNode, message: string): void {
    const trap = this.trapOf(action);
    if (trap === undefined) return fail('returned');
    const fits = TRAPS.some(([text, kind]) => message.startsWith(text) && kind === trap);
    if (!fits) fail(`trapped with ${trap}, expected "${message}"`);
  }

  private trapOf(action: ListNode): TrapKind | undefined {
    if (keywordOf(action) !== 'module') {
      const outcome = this.act(action);
      return outcome.kind === 'trapped' ? outcome.trap : undefined;
    }
    const module = this.decode(action);
    validateModule(module);
    try {
      this.instantiate(module);
      return undefined;
    } catch (error) {
      if (error instanceof WasmTrap) return error.trap;
      throw error;
    }
  }

  private assertExhaustion(action: ListNode): void {
    const outcome = this.act(action);
    if (outcome.kind !== 'trapped' || outcome.trap !== 'stack-budget')
      fail(`${outcome.kind}, expected the stack budget to run out`);
  }

  private assertMalformed(node: ListNode): void {
    let module;
    try {
      module = this.decode(node);
    } catch (error) {
      if (error instanceof WasmDecodeError || (isQuoted(node) && error instanceof TextError)) return;
      throw error;
    }
    // What the text format calls malformed, the binary format may have to call invalid.
    if (isQuoted(node)) {
      try {
        validateModule(module);
      } catch (error) {
        if (error instanceof WasmValidationError) return;
        throw error;
      }
    }
    fail('accepted');
  }

  private assertInvalid(node: ListNode): void {
    try {
      validateModule(this.decode(node));
    } catch (error) {
      if (error instanceof WasmValidationError) return;
      if (error instanceof WasmDecodeError && error.feature !== undefined) return;
      // wabt writes no data count section for a module without segments; then the index is malformed instead of invalid.
      if (error instanceof WasmDecodeError && error.message === 'data count section required') return;
      // Text is quoted where text parsers may refuse it: numbers that do not fit the binary format.
      if (isQuoted(node) && error instanceof TextError) return;
      throw error;
    }
    fail('accepted');
  }

  private assertUnlinkable(node: ListNode): void {
    const module = this.decode(node);
    validateModule(module);
    try {
      this.instantiate(module);
    } catch (error) {
      if (error instanceof WasmLinkError) return;
      throw error;
    }
    fail('linked');
  }
}
