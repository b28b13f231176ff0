// spec-shaped: types, limits and modules — WebAssembly "Validation: Modules"

import type { FeatureSet } from '../../../spec/wasm/features.js';
import { ALL_FEATURES } from '../../../spec/wasm/features.js';
import type { Limits, ReferenceType, SectionName } from '../../../spec/wasm/types.js';
import { MAX_MEMORY_PAGES, MAX_TABLE_ELEMENTS, SECTION_IDS } from '../../../spec/wasm/types.js';
import type { ElementSegment, Module } from '../structure/module.js';
import { functionsNamedBy, validateConstant } from './constant.js';
import { ValidationContext } from './context.js';
import { validateBody } from './instructions.js';

/**
 * Validates a decoded module.
 * @throws WasmValidationError at the first rule that it breaks
 */
export function validateModule(module: Module, features: FeatureSet = ALL_FEATURES): void {
  const declared = new Set<number>();
  const context = new ValidationContext(module, features, declared);
  const at = (section: SectionName) => {
    context.offset = module.sectionOffsets.get(SECTION_IDS[section]) ?? 0;
  };
  at('function');
  for (const typeIndex of module.functionTypeIndices) context.type(typeIndex);
  at('table');
  for (const table of module.tables) validateLimits(context, table.limits, MAX_TABLE_ELEMENTS, 'table size');
  at('memory');
  for (const memory of module.memories) validateLimits(context, memory.limits, MAX_MEMORY_PAGES, 'memory size');
  at('global');
  validateGlobals(context);
  at('export');
  validateExports(context);
  at('start');
  if (module.start !== undefined) {
    const type = context.functionType(module.start);
    if (type.params.length + type.results.length > 0) context.fail('start function must take and give nothing');
  }
  at('element');
  for (const segment of module.elements) validateElementSegment(context, segment);
  at('data');
  for (const segment of module.data) {
    if (segment.mode.kind !== 'active') continue;
    const { addressType } = context.memory(segment.mode.index).limits;
    validateConstant(context, segment.mode.offset, addressType, module.globals.length);
  }
  declareFunctions(context, declared);
  for (const body of module.bodies) validateBody(context, body);
}

function validateLimits(
  context: ValidationContext,
  limits: Limits,
  ceiling: Readonly<Record<'i32' | 'i64', bigint>>,
  what: string,
): void {
  const { addressType, min, max } = limits;
  if (min > ceiling[addressType] || (max ?? 0n) > ceiling[addressType]) context.fail(`${what} is over its limit`);
  if (max !== undefined && min > max) context.fail('size minimum must not be greater than maximum');
}

function validateGlobals(context: ValidationContext): void {
  const { module } = context;
  const imported = module.globals.length - module.globalDefinitions.length;
  for (const [position, { type, init }] of module.globalDefinitions.entries())
    validateConstant(context, init, type.valueType, imported + position);
}

function validateExports(context: ValidationContext): void {
  const names = new Set<string>();
  for (const { name } of context.module.exports) {
    if (names.has(name)) context.fail(`duplicate export name ${JSON.stringify(name)}`);
    names.add(name);
  }
}

function validateElementSegment(context: ValidationContext, segment: ElementSegment): void {
  const { module } = context;
  if (segment.mode.kind === 'active') {
    const table = context.table(segment.mode.index);
    if (table.element !== segment.element) context.fail('type mismatch: the table has other elements than the segment');
    validateConstant(context, segment.mode.offset, table.limits.addressType, module.globals.length);
  }
  const type: ReferenceType = segment.element;
  if (segment.items.kind === 'functions') for (const index of segment.items.indices) context.functionType(index);
  else for (const range of segment.items.ranges) validateConstant(context, range, type, module.globals.length);
}

/** `ref.func` in a body may name only functions that occur in exports, element segments or globals. */
function declareFunctions(context: ValidationContext, declared: Set<number>): void {
  const { module } = context;
  for (const one of module.exports) if (one.kind === 'func') declared.add(one.index);
  for (const { init } of module.globalDefinitions)
    for (const index of functionsNamedBy(context, init)) declared.add(index);
  for (const { items } of module.elements)
    if (items.kind === 'functions') for (const index of items.indices) declared.add(index);
    else for (const range of items.ranges) for (const index of functionsNamedBy(context, range)) declared.add(index);
}
