// plumbing: the figures of CHARGING.md, computed by hand
import { conformance } from '../../spec/profiles/profiles.js';
import { canister, Subnet, text, TRILLION, USER } from './testing/subnet.js';
import * as charging from './charging.js';
import { defaultSettings } from './settings.js';
import { systemApiFunction } from '../../spec/system-api.js';
import { present } from '../../spec/testing/present.js';

const settings = defaultSettings(conformance, USER);
const GIB = 1n << 30n;

describe('figures of the conformance profile', () => {
  it('MAX_CYCLES_PER_MESSAGE is the base fee and two million instructions', () => {
    expect(charging.maxCyclesPerMessage(conformance, 'i32')).toBe(7_000_000n);
    expect(charging.maxCyclesPerMessage(conformance, 'i64')).toBe(9_000_000n);
  });

  it('MAX_CYCLES_PER_RESPONSE is 64 KiB of response, the base fee, a callback and a cleanup', () => {
    expect(charging.maxCyclesPerResponse(conformance, 'i32')).toBe(65_536_000n + 5_000_000n + 2_500_000n);
    expect(charging.maxCyclesPerResponse(conformance, 'i64')).toBe(65_536_000n + 5_000_000n + 5_000_000n);
  });

  it('MAX_CYCLES_PER_INSTALL is the base fee and twenty million instructions', () => {
    expect(charging.maxCyclesPerInstall(conformance, 'i32')).toBe(25_000_000n);
  });

  it('instructions become cycles by rounding down', () => {
    const profile = { ...conformance, fees: { ...conformance.fees, tenInstructions: { i32: 3n, i64: 7n } } };
    expect(charging.instructionCycles(profile, 'i32', 9n)).toBe(2n);
    expect(charging.instructionCycles(profile, 'i64', 9n)).toBe(6n);
  });

  it('cost_call saturates at 2^128 - 1', () => {
    const huge = { ...conformance, fees: { ...conformance.fees, callByte: 1n << 100n } };
    expect(charging.callCost(huge, 'i32', (1n << 64n) - 1n, (1n << 64n) - 1n)).toBe((1n << 128n) - 1n);
    expect(charging.callCost(conformance, 'i32', 3n, 4n)).toBe(260_000n + 7_000n + 73_036_000n);
  });

  it('an HTTP outcall costs each of 13 nodes its share', () => {
    expect(charging.httpRequestCost(conformance, 10n, 20n)).toBe((3_000_000n + 780_000n + 4_000n + 16_000n) * 13n);
  });

  it('a system call costs 500 and one for each byte copied, unless it has its own charge', () => {
    const f = (name: string) => present(systemApiFunction(name));
    expect(charging.systemCallInstructions(conformance, f('msg_reply'), [])).toBe(500n);
    expect(charging.systemCallInstructions(conformance, f('msg_arg_data_copy'), [7n, 8n, 9n])).toBe(509n);
    expect(charging.systemCallInstructions(conformance, f('call_new'), [0n, 10n, 0n, 3n, 0n, 0n, 0n, 0n])).toBe(1_513n);
    expect(charging.systemCallInstructions(conformance, f('stable64_read'), [0n, 0n, 100n])).toBe(120n);
    expect(charging.systemCallInstructions(conformance, f('stable64_size'), [])).toBe(0n);
    expect(charging.systemCallInstructions(conformance, f('env_var_value_copy'), [0n, 3n, 0n, 0n, 4n])).toBe(507n);
  });
});

describe('idle resources', () => {
  const resources = { settings, moduleBytes: 100, wasmBytes: GIB / 2n, stableBytes: GIB / 2n - 100n };

  it('usage is Wasm memory, stable memory and the module as uploaded', () => {
    expect(charging.idleCyclesPerDay(conformance, resources)).toBe(127_000n * 86_400n);
  });

  it('a memory allocation counts when it is larger than the usage', () => {
    const allocated = { ...resources, settings: { ...settings, memoryAllocation: 2n * GIB } };
    expect(charging.idleCyclesPerDay(conformance, allocated)).toBe(2n * 127_000n * 86_400n);
  });

  it('the freezing limit is what they burn in the freezing threshold', () => {
    const week = { ...resources, settings: { ...settings, freezingThreshold: 7n * 86_400n } };
    expect(charging.freezingLimit(conformance, week)).toBe(7n * 127_000n * 86_400n);
  });

  it('the reserved balance covers the freezing limit first', () => {
    const day = { ...resources, settings: { ...settings, freezingThreshold: 86_400n } };
    const limit = 127_000n * 86_400n;
    expect(charging.liquidBalance(conformance, 10n, 0n, day)).toBe(10n - limit);
    expect(charging.liquidBalance(conformance, 10n, limit - 4n, day)).toBe(6n);
    expect(charging.liquidBalance(conformance, 10n, limit + 4n, day)).toBe(10n);
  });
});

describe('what a message costs', () => {
  const module = canister(
    ['msg_reply', 'msg_arg_data_copy', 'debug_print', 'stable64_grow', 'stable64_write', 'performance_counter'],
    `(func (export "canister_update empty"))
     (func (export "canister_update reply") (call $msg_reply))
     (func (export "canister_update trap") unreachable)
     (func (export "canister_update loop") (loop $again (br $again)))
     (func (export "canister_update pages")
       (drop (call $stable64_grow (i64.const 1)))
       (call $stable64_write (i64.const 4095) (i64.const 0) (i64.const 2))
       (call $stable64_write (i64.const 0) (i64.const 0) (i64.const 8192)))`,
  );
  const deployed = () => {
    const s = new Subnet();
    const id = s.deploy(module);
    return { s, id, balance: () => s.digest(id).balance };
  };

  it('an install without code to run costs the base fee', () => {
    const { balance } = deployed();
    expect(balance()).toBe(100n * TRILLION - 5_000_000n);
  });

  it('an empty method costs the ingress fee, the base fee and one instruction', () => {
    const { s, id, balance } = deployed();
    const before = balance();
    s.call(id, 'empty', text('abc'));
    expect(s.lastExecution().instructions).toBe(1n);
    expect(before - balance()).toBe(1_200_000n + 2_000n * 8n + 5_000_000n + 1n);
  });

  it('a system call is charged beside the call instruction', () => {
    const { s, id } = deployed();
    s.call(id, 'reply');
    expect(s.lastExecution().instructions).toBe(1n + 5n + 500n);
  });

  it('a trap is charged for', () => {
    const { s, id, balance } = deployed();
    const before = balance();
    s.call(id, 'trap');
    expect(s.lastExecution().instructions).toBe(1n + 1n);
    expect(before - balance()).toBe(1_200_000n + 2_000n * 4n + 5_000_000n + 2n);
  });

  it('an endless loop uses the limit and no more', () => {
    const { s, id, balance } = deployed();
    const before = balance();
    s.call(id, 'loop');
    expect(s.lastExecution()).toMatchObject({ outcome: { trap: 'instruction-limit' }, instructions: 2_000_000n });
    expect(before - balance()).toBe(1_200_000n + 2_000n * 4n + 7_000_000n);
  });

  it('each stable page that is written for the first time costs 1,000', () => {
    const { s, id } = deployed();
    s.call(id, 'pages');
    // entry 1; operators: 3 calls 15, 7 constants 7, drop 1; grow 100; writes 20 + 2 and 20 + 8192; pages 0 and 1
    expect(s.lastExecution().instructions).toBe(1n + 23n + 100n + 22n + 8_212n + 2_000n);
  });

  it('a query costs nothing', () => {
    const s = new Subnet();
    const id = s.deploy(canister(['msg_reply'], '(func (export "canister_query q") (call $msg_reply))'));
    const before = s.digest(id);
    expect(s.query(id, 'q')).toEqual({ kind: 'reply', data: '' });
    expect(s.digest(id)).toEqual(before);
  });
});
