// plumbing: from our Candid types to those of @icp-sdk/core, which encode values
import { IDL } from '@icp-sdk/core/candid';
import { resolve, type CandidField, type CandidFunction, type CandidService, type CandidType } from './types.js';

const PRIMITIVE = {
  nat: IDL.Nat,
  nat8: IDL.Nat8,
  nat16: IDL.Nat16,
  nat32: IDL.Nat32,
  nat64: IDL.Nat64,
  int: IDL.Int,
  int8: IDL.Int8,
  int16: IDL.Int16,
  int32: IDL.Int32,
  int64: IDL.Int64,
  float32: IDL.Float32,
  float64: IDL.Float64,
  bool: IDL.Bool,
  text: IDL.Text,
  null: IDL.Null,
  reserved: IDL.Reserved,
  empty: IDL.Empty,
  principal: IDL.Principal,
} as const;

/** Translates the types of one .did file; named types are translated once, so that recursive ones stay finite. */
export class IdlTypes {
  private readonly named = new Map<string, IDL.Type>();

  constructor(private readonly definitions: CandidService['definitions']) {}

  /**
   * Encodes arguments.
   * @throws Error when a value does not fit its type
   */
  encode(types: readonly CandidType[], values: readonly unknown[]): Uint8Array {
    return new Uint8Array(
      IDL.encode(
        types.map((type) => this.of(type)),
        [...values],
      ),
    );
  }

  of(type: CandidType): IDL.Type {
    switch (type.kind) {
      case 'primitive':
        return PRIMITIVE[type.name];
      case 'opt':
        return IDL.Opt(this.of(type.of));
      case 'vec':
        return IDL.Vec(this.of(type.of));
      case 'record':
        return IDL.Record(this.fields(type.fields));
      case 'variant':
        return IDL.Variant(this.fields(type.fields));
      case 'func':
        return this.func(type.func);
      case 'service':
        return IDL.Service(Object.fromEntries([...type.methods].map(([name, func]) => [name, this.func(func)])));
      case 'named':
        return this.ofName(type.name);
    }
  }

  private ofName(name: string): IDL.Type {
    const known = this.named.get(name);
    if (known !== undefined) return known;
    const definition = resolve({ kind: 'named', name }, this.definitions);
    if (definition.kind === 'primitive') return this.of(definition);
    const knot = IDL.Rec();
    this.named.set(name, knot);
    knot.fill(this.of(definition) as IDL.ConstructType);
    return knot;
  }

  private fields(fields: readonly CandidField[]): Record<string, IDL.Type> {
    return Object.fromEntries(fields.map(({ label, type }) => [label, this.of(type)]));
  }

  private func({ args, results, modes }: CandidFunction): IDL.FuncClass {
    const list = (types: readonly CandidType[]) => types.map((type) => this.of(type)) as IDL.GenericIdlFuncArgs;
    return IDL.Func(list(args), list(results), [...modes]);
  }
}
