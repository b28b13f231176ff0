// table: the features of WebAssembly by name: those a canister may use and those the Internet Computer does not enable

/** The features that can be switched; everything else of WebAssembly 1.0 is always on. */
export type Feature =
  | 'mvp'
  | 'multiValue'
  | 'signExtension'
  | 'saturatingTruncation'
  | 'mutableGlobals'
  | 'bulkMemory'
  | 'referenceTypes'
  | 'simd'
  | 'memory64'
  | 'extendedConst';

/** Which features a decoder and a validator accept. */
export type FeatureSet = Readonly<Record<Feature, boolean>>;

/** Everything that canisters may use. */
export const ALL_FEATURES: FeatureSet = {
  mvp: true,
  multiValue: true,
  signExtension: true,
  saturatingTruncation: true,
  mutableGlobals: true,
  bulkMemory: true,
  referenceTypes: true,
  simd: true,
  memory64: true,
  extendedConst: true,
};

/** Features that exist in WebAssembly and are off on the Internet Computer: modules that use one are refused by its name. */
type RefusedFeature =
  | 'multiple memories'
  | 'tail calls'
  | 'GC'
  | 'exceptions'
  | 'threads'
  | 'relaxed SIMD'
  | 'function references'
  | 'custom page sizes'
  | 'wide arithmetic';

/** Any name that an error about a feature may carry. */
export type FeatureName = Feature | RefusedFeature;

/** First bytes and sub-opcodes of instructions of refused features: `opcode` alone, or a range of sub-opcodes after a prefix. */
export const REFUSED_OPCODES: readonly {
  readonly opcode: number;
  readonly from?: number;
  readonly to?: number;
  readonly feature: RefusedFeature;
}[] = [
  { opcode: 0x06, feature: 'exceptions' },
  { opcode: 0x07, feature: 'exceptions' },
  { opcode: 0x08, feature: 'exceptions' },
  { opcode: 0x09, feature: 'exceptions' },
  { opcode: 0x0a, feature: 'exceptions' },
  { opcode: 0x18, feature: 'exceptions' },
  { opcode: 0x19, feature: 'exceptions' },
  { opcode: 0x1f, feature: 'exceptions' },
  { opcode: 0x12, feature: 'tail calls' },
  { opcode: 0x13, feature: 'tail calls' },
  { opcode: 0x14, feature: 'function references' },
  { opcode: 0x15, feature: 'function references' },
  { opcode: 0xd3, feature: 'GC' },
  { opcode: 0xd4, feature: 'function references' },
  { opcode: 0xd5, feature: 'function references' },
  { opcode: 0xd6, feature: 'function references' },
  { opcode: 0xfb, feature: 'GC' },
  { opcode: 0xfc, from: 0x13, to: 0x16, feature: 'wide arithmetic' },
  { opcode: 0xfd, from: 0x100, to: 0x12f, feature: 'relaxed SIMD' },
  { opcode: 0xfe, feature: 'threads' },
];

/** Type codes of refused features, as they stand where a value, reference or heap type is expected. */
export const REFUSED_TYPE_CODES: readonly { readonly code: number; readonly feature: RefusedFeature }[] = [
  { code: 0x64, feature: 'function references' },
  { code: 0x63, feature: 'function references' },
  { code: 0x6e, feature: 'GC' },
  { code: 0x6d, feature: 'GC' },
  { code: 0x6c, feature: 'GC' },
  { code: 0x6b, feature: 'GC' },
  { code: 0x6a, feature: 'GC' },
  { code: 0x71, feature: 'GC' },
  { code: 0x72, feature: 'GC' },
  { code: 0x73, feature: 'GC' },
  { code: 0x69, feature: 'exceptions' },
  { code: 0x74, feature: 'exceptions' },
];

/** Codes of composite types of refused features, as they stand where a function type (0x60) is expected. */
export const REFUSED_COMPOSITE_CODES: readonly { readonly code: number; readonly feature: RefusedFeature }[] = [
  { code: 0x5f, feature: 'GC' },
  { code: 0x5e, feature: 'GC' },
  { code: 0x50, feature: 'GC' },
  { code: 0x4f, feature: 'GC' },
  { code: 0x4e, feature: 'GC' },
];
