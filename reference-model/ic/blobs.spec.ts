// table: every function that copies a blob, on every boundary, in both widths — canister-interface.md#blob-typed-arguments-and-results
import { conformance } from '../../spec/profiles/profiles.js';
import { signatureFor, systemApiFunction } from '../../spec/system-api.js';
import { bytesOf, hexOf, type Hex, type PointerWidth } from '../../spec/vocabulary/brands.js';
import { canisterId } from '../../spec/vocabulary/ids.js';
import type { ExecutionRecord } from '../../spec/vocabulary/record.js';
import { canister, Subnet, text, USER } from './testing/subnet.js';
import { present } from '../../spec/testing/present.js';

const PAGE = 65_536n;
const SELF = canisterId(0);
const SENDER_INFO = { data: text('a user of some name'), signer: canisterId(3) };
const ENVIRONMENT = { name: 'näme', value: 'some value' };

type Drive = (s: Subnet) => void;
const ingress: Drive = (s) => {
  s.submit({
    kind: 'ingress',
    canister: SELF,
    method: 'm',
    arg: text('argument'),
    sender: USER,
    senderInfo: SENDER_INFO,
  });
  s.settle();
};
const query: Drive = (s) => void s.query(SELF, 'm', text('argument'));

interface Blob {
  readonly name: string;
  readonly contents: Hex;
  readonly exported: string;
  readonly drive: Drive;
  /** Arguments before dst, offset and size: an index, or where the name is. */
  readonly before?: readonly bigint[];
}

const update = { exported: 'canister_update m', drive: ingress };
const BLOBS: readonly Blob[] = [
  { name: 'msg_arg_data', contents: text('argument'), ...update },
  { name: 'msg_caller', contents: hexOf(bytesOf(USER)), ...update },
  { name: 'msg_caller_info_data', contents: SENDER_INFO.data, ...update },
  { name: 'msg_caller_info_signer', contents: hexOf(bytesOf(SENDER_INFO.signer)), ...update },
  { name: 'canister_self', contents: hexOf(bytesOf(SELF)), ...update },
  { name: 'subnet_self', contents: hexOf(bytesOf(conformance.subnetId)), ...update },
  { name: 'root_key', contents: conformance.rootKey, ...update },
  { name: 'env_var_name', contents: text(ENVIRONMENT.name), ...update, before: [0n] },
  { name: 'env_var_value', contents: text(ENVIRONMENT.value), ...update, before: [100n, 5n] },
  { name: 'data_certificate', contents: conformance.certificate, exported: 'canister_query m', drive: query },
  { name: 'msg_method_name', contents: text('m'), exported: 'canister_inspect_message', drive: ingress },
  {
    name: 'msg_reject_msg',
    contents: text(conformance.rejectMessages['no-such-canister']),
    exported: 'callback',
    drive: ingress,
  },
];

/** Runs one call of a function with these arguments where it is available; how it ended, and the memory at the end. */
function run(blob: Blob, f: string, args: readonly bigint[], width: PointerWidth): ExecutionRecord {
  const { params, results } = signatureFor(present(systemApiFunction(f)), width);
  const call = `(call $${f} ${params.map((type, i) => `(${type}.const ${args[i]})`).join(' ')})`;
  const probe = results.length === 0 ? call : `(drop ${call})`;
  const I = (n: number) => `(${width}.const ${n})`;
  const makeCall = `(call $call_new ${I(0)} ${I(10)} ${I(0)} ${I(0)} ${I(0)} ${I(0)} ${I(0)} ${I(0)}) (drop (call $call_perform))`;
  const callback = blob.exported === 'callback';
  const s = new Subnet();
  const environmentVariables = [ENVIRONMENT];
  s.deploy(
    canister(
      [...new Set(['call_new', 'call_perform', f])],
      `(table 1 funcref) (elem (i32.const 0) $callback) (data ${I(100)} "n\\c3\\a4me")
       (func $callback (param ${width}) ${probe})
       (func (export "${callback ? 'canister_update m' : blob.exported}") ${callback ? makeCall : probe})`,
      width,
    ),
    undefined,
    { environmentVariables },
  );
  blob.drive(s);
  return s.lastExecution();
}

describe.each(['i32', 'i64'] as const)('with I = %s', (width) => {
  const end = width === 'i32' ? 1n << 32n : 1n << 64n;
  describe.each(BLOBS.map((blob) => [blob.name, blob] as const))('%s', (name, blob) => {
    const n = BigInt(blob.contents.length / 2);
    const before = blob.before ?? [];

    it('has the size of its contents', () => {
      const { trace } = run(blob, `${name}_size`, before, width);
      expect(trace.find((call) => call.name === `${name}_size`)?.result).toBe(n);
    });

    it.each([
      ['all of it', 0n, 0n, n],
      ['all of it, to the end of the memory', PAGE - n, 0n, n],
      ['nothing, from its end to the end of the memory', PAGE, n, 0n],
      ['its last byte', 0n, n - 1n, 1n],
    ])('copies %s', (_, dst, offset, size) => {
      expect(run(blob, `${name}_copy`, [...before, dst, offset, size], width).outcome).toEqual({ kind: 'returned' });
    });

    it.each([
      ['to one byte over the end of the memory', PAGE - n + 1n, 0n, n],
      ['nothing, to one byte over the end of the memory', PAGE + 1n, 0n, 0n],
      ['one byte more than there are', 0n, 0n, n + 1n],
      ['one byte over its end', 0n, n, 1n],
      ['nothing, from over its end', 0n, n + 1n, 0n],
      ['to where the sum would wrap', end - 1n, 0n, 1n],
      ['from where the sum would wrap', 0n, end - 1n, 1n],
    ])('traps when asked to copy %s', (_, dst, offset, size) => {
      expect(run(blob, `${name}_copy`, [...before, dst, offset, size], width).outcome).toMatchObject({
        trap: 'system-call',
      });
    });

    it('is charged for the size before its bounds are looked at', () => {
      const { outcome } = run(blob, `${name}_copy`, [...before, 0n, 0n, end - 1n], width);
      expect(outcome).toMatchObject({ trap: 'instruction-limit' });
    });
  });
});

describe('a copy', () => {
  it('writes the bytes of the blob where it is told, and nothing else', () => {
    const s = new Subnet();
    s.deploy(
      canister(
        ['msg_arg_data_copy', 'msg_reply_data_append', 'msg_reply'],
        `(data (i32.const 0) "........")
         (func (export "canister_update m") (call $msg_arg_data_copy (i32.const 2) (i32.const 3) (i32.const 4))
           (call $msg_reply_data_append (i32.const 0) (i32.const 8)) (i32.store (i32.const 0) (i32.const 0)) (call $msg_reply))`,
      ),
    );
    expect(s.call(SELF, 'm', text('argument'))).toEqual({ kind: 'reply', data: text('..umen..') });
  });
});
