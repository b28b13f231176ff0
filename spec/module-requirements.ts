// table: what a module must be to be usable as canister code — canister-interface.md#system-api-module
import type { ClauseId } from './vocabulary/verdict.js';
import type { Limits } from './profiles/profile.js';

/** What a requirement looks at. */
export type RequirementSubject = 'format' | 'memory' | 'imports' | 'exports' | 'custom-sections' | 'size';

export interface ModuleRequirement {
  readonly clause: ClauseId;
  readonly subject: RequirementSubject;
  /** `optional`: an implementation may refuse or accept a module that breaks it; profiles say which (enforcesOptionalModuleLimits). */
  readonly obligation: 'mandatory' | 'optional';
  /** For people: what a module that breaks it does. */
  readonly breach: string;
  /** The limit of the profile that a module exceeds when it breaks the requirement. */
  readonly limit?: keyof Limits;
}

const mandatory = (clause: ClauseId, subject: RequirementSubject, breach: string): ModuleRequirement => ({
  clause,
  subject,
  obligation: 'mandatory',
  breach,
});

const optional = (
  clause: ClauseId,
  subject: RequirementSubject,
  limit: keyof Limits,
  breach: string,
): ModuleRequirement => ({
  clause,
  subject,
  obligation: 'optional',
  breach,
  limit,
});

/** In the order of the text. */
export const MODULE_REQUIREMENTS: readonly ModuleRequirement[] = [
  mandatory('canister-module-format/neither-is-refused', 'format', 'is neither gzip nor a WebAssembly binary'),
  mandatory(
    'canister-module-format/gzip-content-is-wasm',
    'format',
    'is gzip of something else than a WebAssembly binary',
  ),
  mandatory('module-requirements/valid-wasm', 'format', 'is not valid WebAssembly'),
  mandatory('module-requirements/at-most-one-memory', 'memory', 'declares more than one memory'),
  mandatory('module-requirements/imports-listed', 'imports', 'imports a function that the overview does not list'),
  mandatory('module-requirements/imports-from-ic0', 'imports', 'imports a function from another module than ic0'),
  mandatory('module-requirements/import-signature', 'imports', 'imports a listed function with another signature'),
  mandatory(
    'module-requirements/import-width-from-memory',
    'imports',
    'imports a listed function with the signature of the other pointer width',
  ),
  mandatory(
    'module-requirements/import-width-default',
    'imports',
    'has no memory and imports a function with 64-bit pointers',
  ),
  mandatory(
    'availability/only-32',
    'imports',
    'has a 64-bit memory and imports a function that exists for I = i32 only',
  ),
  mandatory('module-requirements/type-of-init', 'exports', 'exports canister_init of another type than () -> ()'),
  mandatory(
    'module-requirements/type-of-inspect-message',
    'exports',
    'exports canister_inspect_message of another type than () -> ()',
  ),
  mandatory(
    'module-requirements/type-of-pre-upgrade',
    'exports',
    'exports canister_pre_upgrade of another type than () -> ()',
  ),
  mandatory(
    'module-requirements/type-of-post-upgrade',
    'exports',
    'exports canister_post_upgrade of another type than () -> ()',
  ),
  mandatory(
    'module-requirements/type-of-heartbeat',
    'exports',
    'exports canister_heartbeat of another type than () -> ()',
  ),
  mandatory(
    'module-requirements/type-of-on-low-wasm-memory',
    'exports',
    'exports canister_on_low_wasm_memory of another type than () -> ()',
  ),
  mandatory(
    'module-requirements/type-of-global-timer',
    'exports',
    'exports canister_global_timer of another type than () -> ()',
  ),
  mandatory('module-requirements/type-of-methods', 'exports', 'exports a method of another type than () -> ()'),
  mandatory('module-requirements/method-names-unique', 'exports', 'exports one name as two kinds of method'),
  mandatory(
    'module-requirements/no-other-canister-exports',
    'exports',
    'exports another function whose name starts with canister_',
  ),
  mandatory(
    'module-requirements/custom-section-public-and-private',
    'custom-sections',
    'has icp:public and icp:private sections of one name',
  ),
  mandatory(
    'module-requirements/custom-section-names',
    'custom-sections',
    'has another custom section whose name starts with icp:',
  ),
  optional('module-requirements/limit-functions', 'size', 'moduleFunctions', 'declares too many functions'),
  optional('module-requirements/limit-globals', 'size', 'moduleGlobals', 'declares too many globals'),
  optional('module-requirements/limit-custom-sections', 'size', 'customSections', 'has too many icp: sections'),
  optional('module-requirements/limit-methods', 'size', 'exportedMethods', 'exports too many methods'),
  optional(
    'module-requirements/limit-method-names',
    'size',
    'exportedMethodNameBytes',
    'exports methods whose names are too long together',
  ),
  optional(
    'module-requirements/limit-custom-section-bytes',
    'size',
    'customSectionBytes',
    'has too large icp: sections',
  ),
];

/** Names of exported functions, all of type () -> (), that the system invokes by themselves. */
export const SYSTEM_ENTRY_POINT_EXPORTS = [
  'canister_init',
  'canister_inspect_message',
  'canister_pre_upgrade',
  'canister_post_upgrade',
  'canister_heartbeat',
  'canister_on_low_wasm_memory',
  'canister_global_timer',
] as const;

/** Prefixes of the names of exported methods; the method name is what follows. */
export const METHOD_PREFIXES = {
  update: 'canister_update ',
  query: 'canister_query ',
  compositeQuery: 'canister_composite_query ',
} as const;

/** No other exported function may have a name with this prefix. */
export const RESERVED_EXPORT_PREFIX = 'canister_';

/** Prefixes of custom section names; the section's name is what follows. */
export const CUSTOM_SECTION_PREFIXES = { public: 'icp:public ', private: 'icp:private ' } as const;

/** No other custom section may have a name with this prefix. */
export const RESERVED_CUSTOM_SECTION_PREFIX = 'icp:';

/** The first bytes of a module that is unpacked as gzip — canister-interface.md#canister-module-format */
export const GZIP_PREFIX: readonly number[] = [0x1f, 0x8b, 0x08];
