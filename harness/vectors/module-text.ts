// plumbing: the modules of golden vectors: from WebAssembly text to bytes
import { gzipSync } from 'node:zlib';
import initWabt from 'wabt';
import { bytesOf, type PointerWidth } from '../../spec/vocabulary/brands.js';
import { SYSTEM_API, signatureFor } from '../../spec/system-api.js';
import type { BuiltModule, ModuleText, Wat } from './format.js';
import { blob, VectorError } from './notation.js';

/**
 * Functions that bodies may call, declared where they are used. Numbers go through the last 16 bytes of the first page.
 * `put_size` appends a number of type I as 8 bytes. `new_call` starts a call to the canister whose id stands at address 0, with
 * callbacks 0 (env 7) and 1 (env 8). `put_arg` appends the argument, by way of address 1,024; `reply_arg` replies with it.
 */
const LIBRARY: Readonly<Record<string, string>> = {
  put_i32: `(func $put_i32 (param i32)
    (i32.store (I.const 65520) (local.get 0))
    (call $msg_reply_data_append (I.const 65520) (I.const 4)))`,
  put_i64: `(func $put_i64 (param i64)
    (i64.store (I.const 65520) (local.get 0))
    (call $msg_reply_data_append (I.const 65520) (I.const 8)))`,
  put_size: `(func $put_size (param I)
    (i64.store (I.const 65520) (i64.const 0))
    (I.store (I.const 65520) (local.get 0))
    (call $msg_reply_data_append (I.const 65520) (I.const 8)))`,
  new_call: `(func $new_call (param $name I) (param $size I)
    (call $call_new (I.const 0) (I.const 10) (local.get $name) (local.get $size)
      (I.const 0) (I.const 7) (I.const 1) (I.const 8)))`,
  reply_arg: `(func $reply_arg
    (call $put_arg)
    (call $msg_reply))`,
  put_arg: `(func $put_arg
    (call $msg_arg_data_copy (I.const 1024) (I.const 0) (call $msg_arg_data_size))
    (call $msg_reply_data_append (I.const 1024) (call $msg_arg_data_size)))`,
};

const lines = (wat: Wat | undefined): string =>
  wat === undefined ? '' : typeof wat === 'string' ? wat : wat.join('\n');

const escaped = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');

const names = (code: string): ReadonlySet<string> =>
  new Set([...code.matchAll(/\$([a-z0-9_]+)/g)].map((found) => found[1] ?? ''));

/** The library functions that are mentioned, with those that these mention. */
function libraryFor(mentioned: ReadonlySet<string>): readonly string[] {
  const wanted = new Set(mentioned);
  return Object.entries(LIBRARY).flatMap(([name, text]) => {
    if (!wanted.has(name)) return [];
    for (const further of names(text)) wanted.add(further);
    return [text];
  });
}

/** The text of a module that is put together. */
function watOf(module: BuiltModule, width: PointerWidth): string {
  const memory = module.memory === undefined ? '1' : module.memory;
  const callbacks = Object.entries(module.callbacks ?? {});
  const bodies = [
    ...callbacks.map(([name, body]) => `(func $${name} (type $callback) (param $env I) ${lines(body)})`),
    ...Object.entries(module.exports ?? {}).map(
      ([name, body]) => `(func (export "${escaped(new TextEncoder().encode(name))}") ${lines(body)})`,
    ),
    ...(module.start === undefined ? [] : [`(func $start_function ${lines(module.start)})`, '(start $start_function)']),
    lines(module.fields),
  ];
  const mentioned = names(bodies.join('\n'));
  const library = libraryFor(mentioned);
  const called = names([...bodies, ...library].join('\n'));
  const imports = SYSTEM_API.filter(({ name }) => called.has(name)).map((f) => {
    const { params, results } = signatureFor(f, width);
    return `(import "ic0" "${f.name}" (func $${f.name} (param ${params.join(' ')}) (result ${results.join(' ')})))`;
  });
  const data = Object.entries(module.data ?? {}).map(
    ([address, content]) => `(data (${width}.const ${address}) "${escaped(bytesOf(blob(content)))}")`,
  );
  const text = [
    '(module',
    '(type $callback (func (param $env I)))',
    ...imports,
    ...(memory === null ? [] : [`(memory ${width === 'i64' ? 'i64 ' : ''}${memory})`]),
    ...(callbacks.length === 0
      ? []
      : [
          `(table ${callbacks.length} funcref)`,
          `(elem (i32.const 0) ${callbacks.map(([name]) => `$${name}`).join(' ')})`,
        ]),
    ...data,
    ...library,
    ...bodies,
    ')',
  ].join('\n');
  return text.replace(/(?<![\w$."'])I(?=[.\s)])/g, width);
}

/** A custom section: id 0, size, name, content. */
function customSection(name: string, content: string): readonly number[] {
  const title = [...new TextEncoder().encode(name)];
  const body = [...leb128(title.length), ...title, ...bytesOf(blob(content))];
  return [0, ...leb128(body.length), ...body];
}

function leb128(n: number): readonly number[] {
  return n < 128 ? [n] : [(n % 128) + 128, ...leb128(Math.floor(n / 128))];
}

/** Compiles the modules of vectors. */
export type ModuleCompiler = (name: string, width: PointerWidth) => Uint8Array;

/** Makes a compiler of module texts. */
export async function moduleCompiler(): Promise<(modules: Readonly<Record<string, ModuleText>>) => ModuleCompiler> {
  const wabt = await initWabt();
  const features = { memory64: true, multi_memory: true, tail_call: true, exceptions: true, relaxed_simd: true };
  /** Many vectors share a module: bytes by text. */
  const assembled = new Map<string, Uint8Array>();
  const assemble = (name: string, text: string): Uint8Array => {
    const known = assembled.get(text);
    if (known !== undefined) return known;
    const module = wabt.parseWat(name, text, features);
    try {
      const bytes = Uint8Array.from(module.toBinary({}).buffer);
      assembled.set(text, bytes);
      return bytes;
    } finally {
      module.destroy();
    }
  };
  return (modules) => {
    const compile: ModuleCompiler = (name, width) => {
      const module = modules[name];
      if (module === undefined) throw new VectorError(`no module ${name}`);
      if ('gzip' in module) {
        let bytes = compile(module.gzip, width);
        for (let times = module.times ?? 1; times > 0; times--) bytes = gzipSync(bytes);
        return bytes;
      }
      if ('bytes' in module) return bytesOf(blob(module.bytes));
      if ('wat' in module) return assemble(name, lines(module.wat));
      const sections = Object.entries(module.customSections ?? {}).flatMap(([section, content]) =>
        customSection(section, content),
      );
      return Uint8Array.from([...assemble(name, watOf(module, module.width ?? width)), ...sections]);
    };
    return compile;
  };
}
