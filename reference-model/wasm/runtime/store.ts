// spec-shaped: the store, and instantiation — WebAssembly "Runtime Structure: Store", "Execution: Instantiation"

import { PRODUCTION_WEIGHTS, type WeightTable } from '../../../spec/profiles/weights.js';
import { Crash } from '../../../spec/vocabulary/engine.js';
import type { ExternType, FuncType } from '../../../spec/wasm/types.js';
import { evaluateConstant, writeConstant } from '../execution/constant.js';
import { ModuleCode } from '../execution/translate.js';
import { WasmLimitError, WasmLinkError } from '../structure/errors.js';
import type { ElementSegment, Import, Module } from '../structure/module.js';
import { Instance, type InstanceState } from './instance.js';
import {
  FunctionInstance,
  GlobalInstance,
  TableInstance,
  type Extern,
  type HostFunction,
  type Imports,
} from './instances.js';
import type { ExecutionLimits } from './limits.js';
import { MemoryInstance } from './memory.js';
import type { Meter } from './meter.js';
import { externMatches, typeIdOf } from './types.js';

/** Translated code, kept as long as the decoded module is. */
const codeByModule = new WeakMap<Module, Map<WeightTable, ModuleCode>>();

function codeOf(module: Module, weights: WeightTable): ModuleCode {
  let byWeights = codeByModule.get(module);
  if (byWeights === undefined) codeByModule.set(module, (byWeights = new Map()));
  let code = byWeights.get(weights);
  if (code === undefined) byWeights.set(weights, (code = new ModuleCode(module, weights)));
  return code;
}

/** Host functions of one store after the other have the same types. */
const hostTypeIds = new WeakMap<FuncType, number>();

function hostTypeId(type: FuncType): number {
  let id = hostTypeIds.get(type);
  if (id === undefined) hostTypeIds.set(type, (id = typeIdOf(type)));
  return id;
}

interface MutableParts {
  readonly functions: FunctionInstance[];
  readonly tables: TableInstance[];
  readonly memories: MemoryInstance[];
  readonly globals: GlobalInstance[];
  readonly globalWords: Int32Array;
}

/** Functions by address, of all instances that can reach one another. */
export class Store {
  private readonly functions: FunctionInstance[] = [];
  private readonly hostFunctions = new Map<HostFunction, FunctionInstance>();
  private readonly weights: WeightTable;

  constructor(options: { readonly weights?: WeightTable } = {}) {
    this.weights = options.weights ?? PRODUCTION_WEIGHTS;
  }

  /**
   * Instantiates a validated module, in the specification's order: imports, allocation, globals, element segments, data
   * segments. The start function is not run.
   * @param imports finds what an import names
   * @param kept a state whose memory 0 is there from the start, grown to the module's minimum: an upgrade that keeps the memory
   * @throws WasmLinkError for an import that is missing or of another type; WasmLimitError when a memory or table starts
   * over our limits; WasmTrap for an active segment out of bounds (segments before it have been written)
   */
  instantiate(module: Module, imports: Imports, limits: ExecutionLimits, meter: Meter, kept?: InstanceState): Instance {
    const parts: MutableParts = {
      functions: [],
      tables: [],
      memories: [],
      globals: [],
      globalWords: new Int32Array(4 * module.globalDefinitions.length),
    };
    // 1. The imports, each of a type that matches.
    for (const wanted of module.imports) this.link(parts, wanted, imports(wanted.module, wanted.name));
    // 2. Allocation of what the module defines.
    this.checkLimits(module, parts, limits);
    const instance = this.allocate(module, parts, limits, meter);
    const [keptMemory] = kept?.memories ?? [];
    if (keptMemory !== undefined && parts.memories.length > 0) {
      const minimum = instance.memoryZero.sizePages;
      instance.memoryZero.restore(keptMemory);
      if (minimum > instance.memoryZero.sizePages) instance.memoryZero.grow(minimum - instance.memoryZero.sizePages);
    }
    // 3. The globals, in order: each may read those before it.
    const context = { bytes: module.bytes, functions: parts.functions, globals: parts.globals };
    for (const [position, { type, init }] of module.globalDefinitions.entries()) {
      writeConstant(parts.globalWords, 4 * position, evaluateConstant(context, init));
      parts.globals.push(new GlobalInstance(type, parts.globalWords, 4 * position));
    }
    // 4. The element segments: their references, and the active ones into their tables.
    for (const [index, segment] of module.elements.entries()) instance.setElements(index, references(context, segment));
    for (const [index, { mode }] of module.elements.entries()) {
      if (mode.kind === 'active') {
        const [offset] = evaluateConstant(context, mode.offset) as [bigint];
        const items = instance.elementReferences(index);
        instance.tableAt(mode.index).init(Number(offset), items, 0, items.length);
      }
      if (mode.kind !== 'passive') instance.dropElements(index);
    }
    // 5. The data segments that are active, into memory.
    for (const [index, { mode }] of module.data.entries()) {
      if (mode.kind !== 'active') continue;
      const [offset] = evaluateConstant(context, mode.offset) as [bigint];
      instance.memoryZero.store(Number(offset), instance.dataBytes(index));
      instance.dropData(index);
    }
    return instance;
  }

  private link(parts: MutableParts, wanted: Import, given: Extern | undefined): void {
    if (given === undefined) throw new WasmLinkError(`unknown import ${shown(wanted)}`);
    if (!externMatches(typeOf(given), wanted)) throw new WasmLinkError(`incompatible import type: ${shown(wanted)}`);
    switch (given.kind) {
      case 'func':
        parts.functions.push(given.value instanceof FunctionInstance ? given.value : this.hostFunction(given.value));
        return;
      case 'table':
        parts.tables.push(given.value);
        return;
      case 'memory':
        parts.memories.push(given.value);
        return;
      case 'global':
        parts.globals.push(given.value);
        return;
    }
  }

  private hostFunction(host: HostFunction): FunctionInstance {
    let one = this.hostFunctions.get(host);
    if (one === undefined) {
      one = new FunctionInstance(this.functions.length, host.type, hostTypeId(host.type), -1, undefined, host);
      this.functions.push(one);
      this.hostFunctions.set(host, one);
    }
    return one;
  }

  private checkLimits(module: Module, parts: MutableParts, limits: ExecutionLimits): void {
    for (const { limits: size } of module.memories.slice(parts.memories.length))
      if (size.min > limits.memoryPages(size.addressType))
        throw new WasmLimitError(`a memory of ${size.min} pages is over our limit`);
    for (const { limits: size } of module.tables.slice(parts.tables.length))
      if (size.min > BigInt(limits.tableEntries))
        throw new WasmLimitError(`a table of ${size.min} entries is over our limit`);
  }

  private allocate(module: Module, parts: MutableParts, limits: ExecutionLimits, meter: Meter): Instance {
    for (const type of module.tables.slice(parts.tables.length))
      parts.tables.push(new TableInstance(type, this.functions, limits.tableEntries));
    for (const type of module.memories.slice(parts.memories.length))
      parts.memories.push(new MemoryInstance(type, limits.memoryPages(type.limits.addressType)));
    const code = codeOf(module, this.weights);
    const instance = new Instance(module, code, parts, limits, meter, this.functions);
    for (const [position, { typeIndex }] of module.bodies.entries()) {
      const type = module.types[typeIndex];
      const typeId = code.typeIds[typeIndex];
      if (type === undefined || typeId === undefined) throw new Crash('the module is not validated');
      const index = module.importedFunctionCount + position;
      const one = new FunctionInstance(this.functions.length, type, typeId, index, instance, undefined);
      this.functions.push(one);
      parts.functions.push(one);
    }
    return instance;
  }
}

/** The name of an import, for messages. */
const shown = ({ module, name }: Import): string => `${JSON.stringify(module)} ${JSON.stringify(name)}`;

/** The references of an element segment, as bits. */
function references(context: Parameters<typeof evaluateConstant>[0], { items }: ElementSegment): Int32Array {
  if (items.kind === 'functions')
    return Int32Array.from(items.indices, (index) => (context.functions[index] as FunctionInstance).address + 1);
  return Int32Array.from(items.ranges, (range) => Number(evaluateConstant(context, range)[0]));
}

/** The type of something that is offered as an import; memories and tables have their present size as minimum. */
function typeOf(given: Extern): ExternType {
  switch (given.kind) {
    case 'func':
      return { kind: 'func', type: given.value.type };
    case 'table':
      return { kind: 'table', type: given.value.presentType };
    case 'memory':
      return { kind: 'memory', type: given.value.presentType };
    case 'global':
      return { kind: 'global', type: given.value.type };
  }
}
