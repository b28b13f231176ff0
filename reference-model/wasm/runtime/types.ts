// spec-shaped: when types are equal and when an import matches — WebAssembly "Validation: Matching"

import type { ExternType, FuncType, Limits, ValueType } from '../../../spec/wasm/types.js';

const ids = new Map<string, number>();

/** A number that is equal for equal function types, whatever module they come from. */
export function typeIdOf(type: FuncType): number {
  const key = `${type.params.join()}>${type.results.join()}`;
  let id = ids.get(key);
  if (id === undefined) ids.set(key, (id = ids.size));
  return id;
}

const sameValueTypes = (a: readonly ValueType[], b: readonly ValueType[]): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
};

/** Limits match when the actual ones lie within the expected ones. */
function limitsMatch(actual: Limits, expected: Limits): boolean {
  if (actual.addressType !== expected.addressType || actual.min < expected.min) return false;
  return expected.max === undefined || (actual.max !== undefined && actual.max <= expected.max);
}

/** Whether something of the actual type may be imported as the expected type. */
export function externMatches(actual: ExternType, expected: ExternType): boolean {
  if (actual.kind === 'func' && expected.kind === 'func')
    return (
      sameValueTypes(actual.type.params, expected.type.params) &&
      sameValueTypes(actual.type.results, expected.type.results)
    );
  if (actual.kind === 'table' && expected.kind === 'table')
    return actual.type.element === expected.type.element && limitsMatch(actual.type.limits, expected.type.limits);
  if (actual.kind === 'memory' && expected.kind === 'memory')
    return limitsMatch(actual.type.limits, expected.type.limits);
  if (actual.kind === 'global' && expected.kind === 'global')
    return actual.type.mutable === expected.type.mutable && actual.type.valueType === expected.type.valueType;
  return false;
}
