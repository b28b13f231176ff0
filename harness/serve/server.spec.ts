// plumbing: tests of engines behind the protocol
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { generateCase } from '../../generators/index.js';
import { formatJson, type Json } from '../../reports/schemas/json.js';
import { hex, nanoseconds } from '../../spec/vocabulary/brands.js';
import { canisterId, userId } from '../../spec/vocabulary/ids.js';
import type { Engine, EngineFactory } from '../../spec/vocabulary/engine.js';
import { Crash, HostLimit } from '../../spec/vocabulary/engine.js';
import { reference } from '../../reference-model/index.js';
import { fromLine, toLine } from '../protocol/line.js';
import { answer, PROTOCOL, protocolSchema, request, type Answer, type Request } from '../protocol/messages.js';
import { runCase } from '../runner/run-case.js';
import type { Answerer, Question } from '../targets/stdio/channel.js';
import { remoteEngines } from '../targets/stdio/engine.js';
import { Server } from './server.js';

const published = JSON.parse(readFileSync('reports/schemas/target-protocol-1.json', 'utf8')) as object;
const accepts = new Ajv2020({ strict: true, allowUnionTypes: true, formats: {} }).compile(published);

/** A server at the other end of lines of text, without a process between. */
class Wire implements Answerer {
  #seq = 0;
  readonly lines: Json[] = [];

  constructor(private readonly server: Server) {}

  ask(question: Question): Answer {
    const asked = { ...question, seq: this.#seq++ } as Request;
    const there = fromLine(toLine(request.encode(asked), 'crc32'), 'crc32');
    const given = this.server.answer(request.decode(there, '$'));
    const back = fromLine(toLine(answer.encode(given), 'crc32'), 'crc32');
    this.lines.push(there, back);
    return answer.decode(back, '$');
  }
}

const serverOf = (engine: EngineFactory, blackBox = false) =>
  new Server(engine, { name: 'a target', version: '1', blackBox });
const wireOf = (engine: EngineFactory, blackBox = false) => new Wire(serverOf(engine, blackBox));
const begin: Question = { do: 'begin', profile: 'conformance', time: nanoseconds(5n), modules: [] };
const create = { do: 'submit', stimulus: { kind: 'create', sender: userId(0), cycles: 10n ** 12n as never, reservedCycles: 0n as never, settings: {} } } satisfies Question; // prettier-ignore

describe('an engine behind the protocol', () => {
  it('gives the same results as in process, for generated cases', () => {
    for (const k of [0, 1, 2, 5, 8, 16]) {
      const { scenario } = generateCase('behind the protocol', k);
      const options = { against: reference, observe: true };
      const near = runCase(scenario, { ...options, target: reference });
      const far = runCase(scenario, { ...options, target: remoteEngines(wireOf(reference)) });
      // The reason of an errored case names the side that saw it.
      expect({ ...far, reason: '' }).toEqual({ ...near, reason: '' });
    }
  });

  it('exchanges lines that the published schema describes', () => {
    const wire = wireOf(reference);
    runCase(generateCase('behind the protocol', 0).scenario, { target: remoteEngines(wire) });
    wire.ask({ do: 'status', canister: canisterId(0) });
    wire.ask({ do: 'digest', canister: canisterId(9) });
    wire.ask({ do: 'settle' });
    expect(wire.lines.length).toBeGreaterThan(10);
    for (const line of wire.lines) expect(accepts(line)).toBe(true);
    expect(accepts({ seq: 1, is: 'begun', mood: 1 })).toBe(false);
    expect(accepts({ seq: 1, do: 'dance' })).toBe(false);
  });

  it('has a published schema that says what both ends say', () => {
    expect(formatJson(protocolSchema())).toBe(formatJson(published as never));
  });

  it('says hello with its capabilities, and takes the first checksum that it knows', () => {
    const server = serverOf(reference);
    expect(server.checksum).toBe('none');
    const welcome = server.answer({ seq: 0, do: 'hello', protocol: PROTOCOL, checksums: ['crc32', 'none'] });
    expect(welcome).toMatchObject({ is: 'welcome', checksum: 'crc32', target: { name: 'a target' } });
    expect(server.checksum).toBe('crc32');
  });

  it('refuses another version of the protocol', () => {
    expect(serverOf(reference).answer({ seq: 0, do: 'hello', protocol: 'x@2', checksums: [] })).toMatchObject({
      is: 'errored',
    });
  });

  it('answers errored, not with an exception, when nothing has begun or the engine crashes', () => {
    for (const question of [{ do: 'settle' }, { do: 'status', canister: canisterId(0) }] satisfies Question[]) {
      expect(wireOf(reference).ask(question)).toMatchObject({ is: 'errored', kind: 'crash' });
    }
    const crash = (): Engine => {
      throw new Crash('cannot happen');
    };
    expect(wireOf(crash).ask(begin)).toMatchObject({ is: 'errored', kind: 'crash', context: 'Crash: cannot happen' });
    const full = (): Engine => {
      throw new HostLimit('out of memory');
    };
    expect(wireOf(full).ask(begin)).toMatchObject({ is: 'errored', kind: 'host-limit' });
  });

  it('skips a profile that it does not have', () => {
    expect(wireOf(reference).ask({ ...begin, profile: 'no such profile' } as Question)).toMatchObject({
      is: 'skipped',
    });
  });
});

describe('a black box', () => {
  it('shows outcomes, ends of requests and status, and nothing else', () => {
    const wire = wireOf(reference, true);
    expect(wire.ask(begin)).toEqual({ seq: 0, is: 'begun' });
    expect(wire.ask(create)).toEqual({ seq: 1, is: 'submitted', outcome: { kind: 'done' }, canister: canisterId(0) });
    const call = { kind: 'ingress', canister: canisterId(0), method: 'm', arg: hex(''), sender: userId(0) } as const;
    expect(wire.ask({ do: 'submit', stimulus: call })).toMatchObject({ outcome: { kind: 'refused' } });
    expect(wire.ask({ do: 'settle' })).toMatchObject({ is: 'settled', ended: [] });
    expect(wire.ask({ do: 'status', canister: canisterId(0) })).toMatchObject({
      status: { exists: true, status: 'running' },
    });
    expect(wire.ask({ do: 'status', canister: canisterId(7) })).toMatchObject({ status: { exists: false } });
    expect(wire.ask({ do: 'digest', canister: canisterId(0) })).toMatchObject({ is: 'skipped' });
    expect(JSON.stringify(wire.lines)).not.toMatch(/instructions|balance|trace/);
  });

  it('gives a canister that it refuses to make no id', () => {
    const wire = wireOf(reference, true);
    wire.ask(begin);
    const refused = { ...create.stimulus, settings: { computeAllocation: 101n } };
    const answer = wire.ask({ do: 'submit', stimulus: refused });
    expect(answer).toMatchObject({ outcome: { kind: 'responded', response: { kind: 'reject' } } });
    expect(answer).not.toHaveProperty('canister');
    expect(wire.ask(create)).toMatchObject({ outcome: { kind: 'done' }, canister: canisterId(0) });
  });
});
