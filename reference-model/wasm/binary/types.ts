// spec-shaped: value, function, limits, table, memory and global types — WebAssembly "Binary Format: Types"

import type { Feature, FeatureSet } from '../../../spec/wasm/features.js';
import { REFUSED_COMPOSITE_CODES, REFUSED_TYPE_CODES } from '../../../spec/wasm/features.js';
import type {
  FuncType,
  GlobalType,
  Limits,
  MemoryType,
  ReferenceType,
  TableType,
  ValueType,
} from '../../../spec/wasm/types.js';
import { VALUE_TYPE_CODES } from '../../../spec/wasm/types.js';
import { WasmDecodeError } from '../structure/errors.js';
import type { ByteReader } from './reader.js';

const VALUE_TYPE_BY_CODE: ReadonlyMap<number, ValueType> = new Map(
  (Object.entries(VALUE_TYPE_CODES) as [ValueType, number][]).map(([type, code]) => [code, type]),
);

/** @throws WasmDecodeError that names the feature, when it is off */
export function requireFeature(features: FeatureSet, feature: Feature, offset: number): void {
  if (!features[feature]) throw new WasmDecodeError(offset, `the feature ${feature} is off`, feature);
}

/** @throws WasmDecodeError: the code belongs to a refused feature, or to nothing */
function refuseType(code: number, offset: number, message: string): never {
  const refused = REFUSED_TYPE_CODES.find((one) => one.code === code);
  if (refused)
    throw new WasmDecodeError(offset, `this type needs the feature ${refused.feature}, which is off`, refused.feature);
  throw new WasmDecodeError(offset, message);
}

/** The value type with this code. */
export function valueTypeOf(code: number, features: FeatureSet, offset: number): ValueType {
  const type = VALUE_TYPE_BY_CODE.get(code);
  if (type === undefined) return refuseType(code, offset, 'malformed value type');
  if (type === 'v128') requireFeature(features, 'simd', offset);
  if (type === 'funcref' || type === 'externref') requireFeature(features, 'referenceTypes', offset);
  return type;
}

/** A value type. @throws WasmDecodeError for an unknown byte, or one whose feature is off */
export function readValueType(reader: ByteReader, features: FeatureSet): ValueType {
  const offset = reader.offset;
  return valueTypeOf(reader.byte(), features, offset);
}

/** A reference type; the code of a heap type is the same byte. */
export function readReferenceType(reader: ByteReader, features: FeatureSet): ReferenceType {
  const offset = reader.offset;
  const code = reader.byte();
  if (code === VALUE_TYPE_CODES.funcref) return 'funcref';
  if (code !== VALUE_TYPE_CODES.externref) return refuseType(code, offset, 'malformed reference type');
  requireFeature(features, 'referenceTypes', offset);
  return 'externref';
}

/** A function type, from its 0x60 on. @throws WasmDecodeError for another byte, or a type whose feature is off */
export function readFuncType(reader: ByteReader, features: FeatureSet): FuncType {
  const offset = reader.offset;
  const code = reader.byte();
  if (code !== 0x60) {
    const refused = REFUSED_COMPOSITE_CODES.find((one) => one.code === code);
    if (refused)
      throw new WasmDecodeError(
        offset,
        `this type needs the feature ${refused.feature}, which is off`,
        refused.feature,
      );
    return reader.fail('malformed function type', offset);
  }
  const params = reader.vector(() => readValueType(reader, features));
  const results = reader.vector(() => readValueType(reader, features));
  if (results.length > 1) requireFeature(features, 'multiValue', offset);
  return { params, results };
}

/** Limits: a byte of flags (1: has a maximum, 2: shared, 4: 64-bit addresses, 8: page size), then minimum and maximum. */
function readLimits(reader: ByteReader, features: FeatureSet, of: 'memory' | 'table'): Limits {
  const offset = reader.offset;
  const flags = reader.byte();
  if (flags > 15) reader.fail('malformed limits flags', offset);
  if (flags & 2) throw new WasmDecodeError(offset, `a shared ${of} needs the feature threads, which is off`, 'threads');
  if (flags & 8)
    throw new WasmDecodeError(
      offset,
      `this ${of} needs the feature custom page sizes, which is off`,
      'custom page sizes',
    );
  const addressType = flags & 4 ? 'i64' : 'i32';
  if (addressType === 'i64') requireFeature(features, 'memory64', offset);
  const read = () => (addressType === 'i64' ? reader.u64() : BigInt(reader.u32()));
  const min = read();
  return { addressType, min, max: flags & 1 ? read() : undefined };
}

/** A table type: references, then limits in entries. @throws WasmDecodeError */
export function readTableType(reader: ByteReader, features: FeatureSet): TableType {
  const element = readReferenceType(reader, features);
  return { element, limits: readLimits(reader, features, 'table') };
}

/** A memory type: limits in pages. @throws WasmDecodeError */
export const readMemoryType = (reader: ByteReader, features: FeatureSet): MemoryType => ({
  limits: readLimits(reader, features, 'memory'),
});

/** A global type: value type, then 0 or 1 for mutable. @throws WasmDecodeError */
export function readGlobalType(reader: ByteReader, features: FeatureSet): GlobalType {
  const valueType = readValueType(reader, features);
  const mutability = reader.byte();
  if (mutability > 1) reader.fail('malformed mutability', reader.offset - 1);
  return { valueType, mutable: mutability === 1 };
}
