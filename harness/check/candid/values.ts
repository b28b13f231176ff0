// spec-shaped: Candid's textual values, read as values of given types — Candid specification, "Textual format"
import { Principal } from '@icp-sdk/core/principal';
import { TokenReader, type Token } from './tokens.js';
import { CandidSyntaxError, resolve, type CandidService, type CandidType, type PrimitiveName } from './types.js';

/**
 * Parses `(value, …)` against argument types, into the form that @icp-sdk/core encodes. A principal may be written as
 * `principal "$NAME"`; `wires` says which one NAME is.
 * @throws CandidSyntaxError where the text is not Candid, or a value is not of its type
 */
export function parseValues(
  source: string,
  types: readonly CandidType[],
  definitions: CandidService['definitions'],
  wires: ReadonlyMap<string, Uint8Array>,
): unknown[] {
  return new ValueParser(source, definitions, wires).args(types);
}

class ValueParser {
  private readonly reader: TokenReader;

  constructor(
    source: string,
    private readonly definitions: CandidService['definitions'],
    private readonly wires: ReadonlyMap<string, Uint8Array>,
  ) {
    this.reader = new TokenReader(source);
  }

  // ( <annval>,* )
  args(types: readonly CandidType[]): unknown[] {
    this.reader.expect('(');
    const values = types.map((type, i) => {
      if (i > 0) this.reader.expect(',');
      return this.value(type);
    });
    this.reader.accept(',');
    if (!this.reader.accept(')')) this.reader.fail(`')' after ${types.length} arguments`);
    if (this.reader.peek().kind !== 'end') this.reader.fail('the end');
    return values;
  }

  private value(type: CandidType): unknown {
    const value = this.unannotated(resolve(type, this.definitions));
    if (this.reader.accept(':')) this.reader.take();
    return value;
  }

  private unannotated(type: CandidType): unknown {
    switch (type.kind) {
      case 'primitive':
        return this.primitive(type.name);
      case 'opt':
        if (this.reader.accept('null')) return [];
        this.reader.expect('opt');
        return [this.value(type.of)];
      case 'vec':
        return this.vector(type.of);
      case 'record':
        return this.record(type.fields);
      case 'variant':
        return this.variant(type.fields);
      case 'func': {
        this.reader.expect('func');
        const id = this.principal();
        this.reader.expect('.');
        return [id, this.word(['name', 'text'], 'a method name').text];
      }
      case 'service':
        this.reader.expect('service');
        return this.principal();
      case 'named':
        return this.value(type);
    }
  }

  private vector(of: CandidType): unknown {
    const item = resolve(of, this.definitions);
    if (item.kind === 'primitive' && item.name === 'nat8' && this.reader.accept('blob')) {
      return this.word(['text'], 'the text of a blob').bytes;
    }
    this.reader.expect('vec');
    this.reader.expect('{');
    return this.reader.list(';', '}', () => this.value(of));
  }

  private record(fields: (CandidType & { kind: 'record' })['fields']): unknown {
    this.reader.expect('record');
    this.reader.expect('{');
    const values: Record<string, unknown> = {};
    let next = 0;
    this.reader.list(';', '}', () => {
      const label = this.reader.isNext('=', 1) ? this.label() : `_${next}_`;
      next = /^_\d+_$/.test(label) ? Number(label.slice(1, -1)) + 1 : next;
      const field =
        fields.find((one) => one.label === label) ?? this.reader.fail(`a field of the record, not ${label},`);
      values[label] = this.value(field.type);
    });
    for (const { label, type } of fields) {
      if (label in values) continue;
      const missing = resolve(type, this.definitions);
      if (missing.kind !== 'opt') this.reader.fail(`a record with field ${label} before`);
      values[label] = [];
    }
    return values;
  }

  private variant(fields: (CandidType & { kind: 'variant' })['fields']): unknown {
    this.reader.expect('variant');
    this.reader.expect('{');
    const label = labelOf(this.word(['name', 'text', 'number'], 'an alternative'));
    const field = fields.find((one) => one.label === label);
    if (field === undefined) return this.reader.fail(`an alternative of the variant, not ${label},`);
    const value = this.alternative(field.type);
    this.reader.accept(';');
    this.reader.expect('}');
    return { [label]: value };
  }

  private alternative(type: CandidType): unknown {
    if (this.reader.accept('=')) return this.value(type);
    const of = resolve(type, this.definitions);
    if (of.kind !== 'primitive' || of.name !== 'null') this.reader.fail("'='");
    return null;
  }

  private label(): string {
    const label = labelOf(this.word(['name', 'text', 'number'], 'a label'));
    this.reader.expect('=');
    return label;
  }

  private primitive(name: PrimitiveName): unknown {
    switch (name) {
      case 'bool':
        if (this.reader.accept('true')) return true;
        if (this.reader.accept('false')) return false;
        return this.reader.fail('true or false');
      case 'text':
        return this.word(['text'], 'a text').text;
      case 'null':
      case 'reserved':
        this.reader.expect('null');
        return null;
      case 'empty':
        return this.reader.fail('nothing (no value is of type empty)');
      case 'principal':
        this.reader.expect('principal');
        return this.principal();
      case 'float32':
      case 'float64':
        return this.float();
      default:
        return this.integer(name);
    }
  }

  private integer(
    name: Exclude<PrimitiveName, 'bool' | 'text' | 'null' | 'reserved' | 'empty' | 'principal' | 'float32' | 'float64'>,
  ) {
    const token = this.word(['number'], `a number of type ${name}`);
    const digits = token.text.replaceAll('_', '').replace(/^\+/, '');
    if (!/^-?(0[xX][0-9a-fA-F]+|[0-9]+)$/.test(digits)) return wrong(token, `not a whole number: ${token.text}`);
    const value = digits.startsWith('-') ? -BigInt(digits.slice(1)) : BigInt(digits);
    const bits = /\d+$/.exec(name)?.[0];
    const signed = name.startsWith('int');
    const [least, end] =
      bits === undefined
        ? [signed ? undefined : 0n, undefined]
        : signed
          ? [-(1n << (BigInt(bits) - 1n)), 1n << (BigInt(bits) - 1n)]
          : [0n, 1n << BigInt(bits)];
    if ((least !== undefined && value < least) || (end !== undefined && value >= end)) {
      return wrong(token, `${token.text} is not of type ${name}`);
    }
    return bits !== undefined && Number(bits) < 64 ? Number(value) : value;
  }

  private float(): number {
    const token = this.reader.take();
    const text = token.text
      .replaceAll('_', '')
      .replace(/^([+-]?)inf$/, '$1Infinity')
      .replace(/^[+-]?nan$/, 'NaN');
    const value = Number(text);
    if (Number.isNaN(value) && text !== 'NaN') return wrong(token, `not a number: ${token.text}`);
    return value;
  }

  private principal(): Principal {
    const token = this.word(['text'], 'the text of a principal');
    if (token.text.startsWith('$')) {
      const wired = this.wires.get(token.text.slice(1));
      if (wired === undefined) return wrong(token, `no --wire is called ${token.text.slice(1)}`);
      return Principal.fromUint8Array(wired);
    }
    try {
      return Principal.fromText(token.text);
    } catch {
      return wrong(token, `not the text of a principal: ${token.text}`);
    }
  }

  private word(kinds: readonly Token['kind'][], expected: string): Token {
    if (!kinds.includes(this.reader.peek().kind)) this.reader.fail(expected);
    return this.reader.take();
  }
}

function labelOf(token: Token): string {
  return token.kind === 'number' ? `_${token.text.replaceAll('_', '')}_` : token.text;
}

function wrong({ line, column }: Token, message: string): never {
  throw new CandidSyntaxError(message, line, column);
}
