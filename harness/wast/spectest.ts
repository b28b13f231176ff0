// table: the module `spectest` that the official scripts import from

import type { FuncType } from '../../spec/wasm/types.js';
import {
  decodeModule,
  type Meter,
  validateModule,
  type Extern,
  type ExecutionLimits,
  type Store,
} from '../../reference-model/wasm/index.js';
import type { TextParser } from './text.js';
import { parseNodes, type ListNode } from './s-expression.js';

const TEXT = `(module
  (global (export "global_i32") i32 (i32.const 666))
  (global (export "global_i64") i64 (i64.const 666))
  (global (export "global_f32") f32 (f32.const 666.6))
  (global (export "global_f64") f64 (f64.const 666.6))
  (table (export "table") 10 20 funcref)
  (table (export "table64") i64 10 20 funcref)
  (memory (export "memory") 1 2))`;

const PRINTS: Readonly<Record<string, FuncType['params']>> = {
  print: [],
  print_i32: ['i32'],
  print_i64: ['i64'],
  print_f32: ['f32'],
  print_f64: ['f64'],
  print_i32_f32: ['i32', 'f32'],
  print_f64_f64: ['f64', 'f64'],
};

/** What `spectest` exports; its functions print nothing. */
export function spectest(
  store: Store,
  parser: TextParser,
  limits: ExecutionLimits,
  meter: Meter,
): (name: string) => Extern | undefined {
  const module = decodeModule(parser.bytesOf(parseNodes(TEXT)[0] as ListNode, TEXT));
  validateModule(module);
  const instance = store.instantiate(module, () => undefined, limits, meter);
  const functions = new Map<string, Extern>(
    Object.entries(PRINTS).map(([name, params]) => [
      name,
      { kind: 'func', value: { type: { params, results: [] }, call: () => undefined } },
    ]),
  );
  return (name) => functions.get(name) ?? instance.exported(name);
}
