// spec-shaped: the parser for .did files — Candid specification, "Core grammar"
import { TokenReader } from './tokens.js';
import {
  CandidSyntaxError,
  MODES,
  PRIMITIVES,
  resolve,
  type CandidField,
  type CandidFunction,
  type CandidMethods,
  type CandidMode,
  type CandidService,
  type CandidType,
  type PrimitiveName,
} from './types.js';

const isPrimitive = (text: string): text is PrimitiveName => (PRIMITIVES as readonly string[]).includes(text);
const isMode = (text: string): text is CandidMode => (MODES as readonly string[]).includes(text);
const NAT8: CandidType = { kind: 'primitive', name: 'nat8' };
const NULL: CandidType = { kind: 'primitive', name: 'null' };

/**
 * Parses the text of a .did file. `import` is not followed.
 * @throws CandidSyntaxError
 */
export function parseDid(source: string): CandidService {
  return new DidParser(source).program();
}

/**
 * Parses a list of types in parentheses, as the custom section `candid:args` holds it.
 * @throws CandidSyntaxError
 */
export function parseArgumentTypes(source: string): Pick<CandidService, 'definitions' | 'init'> {
  return new DidParser(source).argumentTypes();
}

class DidParser {
  private readonly reader: TokenReader;
  private readonly definitions = new Map<string, CandidType>();
  /** Names that were used, and where. */
  private readonly uses: { readonly name: string; readonly line: number; readonly column: number }[] = [];

  constructor(source: string) {
    this.reader = new TokenReader(source);
  }

  // <prog> ::= <def>;* <actor>;?
  program(): CandidService {
    this.defs();
    if (!this.reader.isNext('service')) this.reader.fail("a type definition or 'service'");
    const { init, service } = this.actor();
    this.reader.accept(';');
    this.end();
    return { definitions: this.definitions, init, methods: this.methodsOf(service) };
  }

  // <def>;* <tuptype>
  argumentTypes(): Pick<CandidService, 'definitions' | 'init'> {
    this.defs();
    const init = this.tuple();
    this.end();
    return { definitions: this.definitions, init };
  }

  // <def> ::= type <id> = <datatype> | import service? <text>
  private defs(): void {
    while (this.reader.isNext('type') || this.reader.isNext('import')) {
      const { line, column } = this.reader.peek();
      if (this.reader.accept('import')) {
        throw new CandidSyntaxError(
          "'import' is not followed: put the imported definitions into this file",
          line,
          column,
        );
      }
      this.reader.expect('type');
      const name = this.id();
      if (this.definitions.has(name)) throw new CandidSyntaxError(`type ${name} is defined twice`, line, column);
      this.reader.expect('=');
      this.definitions.set(name, this.datatype());
      if (!this.reader.accept(';')) break;
    }
  }

  // <actor> ::= service <id>? : (<tuptype> ->)? (<actortype> | <id>)
  private actor(): { init: CandidType[]; service: CandidType } {
    this.reader.expect('service');
    if (this.reader.peek().kind === 'name') this.id();
    this.reader.expect(':');
    let init: CandidType[] = [];
    if (this.reader.isNext('(')) {
      init = this.tuple();
      this.reader.expect('->');
    }
    const service: CandidType = this.reader.isNext('{') ? { kind: 'service', methods: this.methods() } : this.named();
    return { init, service };
  }

  // <actortype> ::= { <methtype>;* }    <methtype> ::= <name> : (<functype> | <id>)
  private methods(): CandidMethods {
    this.reader.expect('{');
    const methods = new Map<string, CandidFunction>();
    const later: { name: string; type: CandidType }[] = [];
    this.reader.list(';', '}', () => {
      const { line, column } = this.reader.peek();
      const name = this.name();
      if (methods.has(name)) throw new CandidSyntaxError(`method ${name} is declared twice`, line, column);
      this.reader.expect(':');
      if (this.reader.isNext('(')) {
        methods.set(name, this.func());
      } else {
        later.push({ name, type: this.named() });
        methods.set(name, { args: [], results: [], modes: [] });
      }
    });
    this.methodsByReference.push({ methods, later });
    return methods;
  }

  /** Methods whose type is a name: filled in when all names are known. */
  private readonly methodsByReference: {
    readonly methods: Map<string, CandidFunction>;
    readonly later: readonly { readonly name: string; readonly type: CandidType }[];
  }[] = [];

  // <functype> ::= <tuptype> -> <tuptype> <funcann>*
  private func(): CandidFunction {
    const args = this.tuple();
    this.reader.expect('->');
    const results = this.tuple();
    const modes: CandidMode[] = [];
    for (let word = this.reader.peek().text; isMode(word); word = this.reader.peek().text) {
      modes.push(word);
      this.reader.take();
    }
    return { args, results, modes };
  }

  // <tuptype> ::= ( <argtype>,* )    <argtype> ::= (<name> :)? <datatype>
  private tuple(): CandidType[] {
    this.reader.expect('(');
    return this.reader.list(',', ')', () => {
      if (this.reader.isNext(':', 1)) {
        this.name();
        this.reader.expect(':');
      }
      return this.datatype();
    });
  }

  // <datatype> ::= <id> | <primtype> | <comptype>
  private datatype(): CandidType {
    const token = this.reader.peek();
    if (token.kind !== 'name') this.reader.fail('a type');
    if (isPrimitive(token.text)) {
      this.reader.take();
      return { kind: 'primitive', name: token.text };
    }
    switch (token.text) {
      case 'blob':
        this.reader.take();
        return { kind: 'vec', of: NAT8 };
      case 'opt':
      case 'vec':
        this.reader.take();
        return { kind: token.text, of: this.datatype() };
      case 'record':
      case 'variant':
        this.reader.take();
        return { kind: token.text, fields: this.fields(token.text) };
      case 'func':
        this.reader.take();
        return { kind: 'func', func: this.func() };
      case 'service':
        this.reader.take();
        return { kind: 'service', methods: this.methods() };
      default:
        return this.named();
    }
  }

  // <fieldtype> ::= <nat> : <datatype> | <name> : <datatype> | <datatype> (in a record) | <nat> | <name> (in a variant)
  private fields(of: 'record' | 'variant'): CandidField[] {
    this.reader.expect('{');
    let next = 0;
    const fields = this.reader.list(';', '}', (): CandidField => {
      const token = this.reader.peek();
      const labelled = this.reader.isNext(':', 1);
      if (of === 'record' && !labelled) return { label: `_${next++}_`, type: this.datatype() };
      let label: string;
      if (token.kind === 'number') {
        next = Number(this.reader.take().text.replaceAll('_', '')) + 1;
        label = `_${next - 1}_`;
      } else {
        label = this.name();
      }
      return { label, type: this.reader.accept(':') ? this.datatype() : NULL };
    });
    const twice = fields.find(({ label }, i) => fields.findIndex((other) => other.label === label) !== i);
    if (twice !== undefined) this.reader.fail(`a ${of} without two fields ${twice.label} before`);
    return fields;
  }

  // <name> ::= <id> | <text>
  private name(): string {
    const token = this.reader.peek();
    if (token.kind !== 'name' && token.kind !== 'text') this.reader.fail('a name');
    return this.reader.take().text;
  }

  private id(): string {
    if (this.reader.peek().kind !== 'name') this.reader.fail('an identifier');
    return this.reader.take().text;
  }

  private named(): CandidType {
    const { line, column } = this.reader.peek();
    const name = this.id();
    this.uses.push({ name, line, column });
    return { kind: 'named', name };
  }

  private methodsOf(service: CandidType): CandidMethods {
    const resolved = resolve(service, this.definitions);
    if (resolved.kind !== 'service') this.reader.fail('a service type after service :');
    return resolved.methods;
  }

  /** Everything was read: each name must lead to a type, and methods of a named type get it. */
  private end(): void {
    if (this.reader.peek().kind !== 'end') this.reader.fail('the end');
    for (const { name, line, column } of this.uses) {
      if (!this.definitions.has(name)) throw new CandidSyntaxError(`type ${name} is not defined`, line, column);
      if (this.isAliasOfItself(name)) throw new CandidSyntaxError(`type ${name} is only its own alias`, line, column);
    }
    for (const { methods, later } of this.methodsByReference) {
      for (const { name, type } of later) {
        const resolved = resolve(type, this.definitions);
        if (resolved.kind !== 'func') this.reader.fail(`a function type for method ${name}`);
        methods.set(name, resolved.func);
      }
    }
  }

  private isAliasOfItself(name: string): boolean {
    const seen = new Set<string>();
    for (
      let at: CandidType | undefined = { kind: 'named', name };
      at?.kind === 'named';
      at = this.definitions.get(at.name)
    ) {
      if (seen.has(at.name)) return true;
      seen.add(at.name);
    }
    return false;
  }
}
