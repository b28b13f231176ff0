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

/** Limits under which the official scripts run: what they need, and no more. */
const LIMITS: ExecutionLimits = {
  instructionLimit: 1n << 40n,
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

/** The command speaks of a module that was skipped. */
class DependsOnSkipped extends Error {
  override readonly name = 'DependsOnSkipped';
}

const fail = (message: string): never => {
  throw new AssertionFailure(message);
};

const textOf = (node: Node | undefined): string => (node === undefined || node.kind === 'list' ? '' : node.text);
const nameOf = (node: Node | undefined): string => Buffer.from(textOf(node), 'latin1').toString('utf8');

export class ScriptRunner {
  private readonly store = new Store();
  private readonly meter = new Meter(LIMITS.instructionLimit);
  private readonly spectest: (name: string) => Extern | undefined;
  private readonly registered = new Map<string, Instance | undefined>();
  private readonly byId = new Map<string, Instance | undefined>();
  /** The module that commands without an id speak of; `undefined` when it was skipped or failed. */
  private current: Instance | undefined;

  constructor(
    private readonly source: string,
    private readonly parser: TextParser,
    /** The reason to skip a command, by its line. */
    private readonly skipReason: (line: number) => string | undefined,
  ) {
    this.spectest = spectest(this.store, parser, LIMITS, this.meter);
  }

  /** Runs every command. Never throws for what a script contains. */
  run(): CommandResult[] {
    const results: CommandResult[] = [];
    let line = 1;
    let counted = 0;
    for (const node of parseNodes(this.source)) {
      for (; counted < node.start; counted++) if (this.source[counted] === '\n') line++;
      if (node.kind !== 'list') continue;
      results.push({ line, command: keywordOf(node), ...this.command(node, line) });
    }
    return results;
  }

  private command(node: ListNode, line: number): Pick<CommandResult, 'verdict' | 'reason'> {
    const reason = this.skipReason(line);
    if (reason !== undefined) {
      if (keywordOf(node) === 'module') this.setCurrent(node, undefined);
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

  private setCurrent(node: ListNode, instance: Instance | undefined): void {
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
    return decodeModule(this.parser.bytesOf(node, this.source));
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

  private existing(instance: Instance | undefined): Instance {
    if (instance === undefined) throw new DependsOnSkipped('speaks of a module that was skipped or failed');
    return instance;
  }

  // Actions

  private act(node: ListNode): Outcome {
    const [, first, ...rest] = node.items;
    const hasId = textOf(first).startsWith('$') && first?.kind === 'atom';
    const instance = this.existing(hasId ? this.byId.get(textOf(first)) : this.current);
    const [name, ...operands] = hasId ? rest : [first, ...rest];
    this.meter.reset(LIMITS.instructionLimit);
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
