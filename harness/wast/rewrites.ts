// table: reviewed rewrites of script text, where the text parser (npm's wabt) is behind the scripts' syntax

/** Each keeps what the assertions about the module say. Lines are those of the pinned suite, where the command starts. */
export interface Rewrite {
  /** Applies to one script, else to all. */
  readonly file?: string;
  /** Applies to the modules of these commands, else to all. */
  readonly lines?: readonly number[];
  readonly from: RegExp;
  readonly to: string | ((match: string, group: string) => string);
  readonly reason: string;
}

const CONCRETE = 'the module is about something else; references to functions of one type are rewritten to funcref';
const WITHOUT =
  'the module is about something else; what uses an off feature is cut out, and what is said of it is skipped';

const REWRITES: readonly Rewrite[] = [
  {
    from: /\(ref null func\)/g,
    to: 'funcref',
    reason: 'wabt knows the short form of the nullable function reference only',
  },
  {
    from: /\(ref null extern\)/g,
    to: 'externref',
    reason: 'wabt knows the short form of the nullable external reference only',
  },
  {
    from: /^\(module definition\b/g,
    to: '(module',
    reason: 'wabt does not know definitions, which are modules that are not instantiated',
  },
  {
    from: /(\(table (?:\$\S+ )?\d+ funcref) \(ref\.null func\)\)/g,
    to: (_, table) => `${table})`,
    reason: 'wabt does not know initializers of tables; null is what a table holds anyway',
  },
  {
    from: /\$"((?:[^"\\\n\t]|\\.)*)"/g,
    to: (_, quoted) => plainIdentifier(quoted),
    reason: 'wabt does not know quoted identifiers; those that could be plain become plain, others get a plain name',
  },
  {
    from: /\$(?=[\s)])/g,
    to: '$""',
    reason: 'wabt accepts the empty identifier; the empty quoted one, which is as malformed, it refuses',
  },
  {
    file: 'memory.wast',
    from: /0x1_0000_0000/g,
    to: '0x1_0001',
    reason: 'wabt reads a size as 32 bits; this one is over the limit of 65536 pages, too',
  },
  {
    file: 'align.wast',
    from: /align=0x8000_0000_0000_0000/g,
    to: 'align=0x8000_0000',
    reason: 'wabt reads an alignment as 32 bits; this one is as invalid',
  },
  { file: 'br_table.wast', from: /\(ref (?:null )?\$t\)/g, to: 'funcref', reason: CONCRETE },
  { file: 'br_table.wast', from: /\(ref\.null \$t\)/g, to: '(ref.null func)', reason: CONCRETE },
  { file: 'ref_is_null.wast', from: /\(ref (?:null )?(?:\$t|func)\)/g, to: 'funcref', reason: CONCRETE },
  { file: 'ref_is_null.wast', from: /\(ref extern\)/g, to: 'externref', reason: CONCRETE },
  { file: 'ref_is_null.wast', from: /\(ref\.null \$t\)/g, to: '(ref.null func)', reason: CONCRETE },
  { file: 'table-sub.wast', lines: [1], from: /\(ref null \$t\)/g, to: 'funcref', reason: CONCRETE },
  { file: 'elem.wast', lines: [315], from: /\(ref func\)/g, to: 'funcref', reason: CONCRETE },
  {
    file: 'ref_null.wast',
    from: /^.*(?:anyref|exnref|nullexn|\bnullref|\(ref null \$t\)).*$/gm,
    to: '',
    reason: WITHOUT,
  },
  {
    file: 'ref_null.wast',
    from: /(?<!")null(func|extern)ref/g,
    to: (_, kind) => `${kind}ref`,
    reason: 'the type of null alone is rewritten to the type of all references of the kind',
  },
  {
    file: 'ref_null.wast',
    from: /ref\.null no(func|extern)/g,
    to: (_, kind) => `ref.null ${kind}`,
    reason: 'the type of null alone is rewritten to the type of all references of the kind',
  },
  {
    file: 'imports.wast',
    lines: [3, 35],
    from: /^ *(?:\(tag |\(export "tag|\(import "test" "tag).*$/gm,
    to: '',
    reason: WITHOUT,
  },
  {
    file: 'linking.wast',
    lines: [96, 112],
    from: /^ *\(global \((?:export|import "Mref_ex") "g-(?:const|var)-(?:func|refnull|ref)"\).*$/gm,
    to: '',
    reason: WITHOUT,
  },
  { file: 'linking.wast', lines: [426, 434], from: /^ *\(table .*"t-refnull"\).*$/gm, to: '', reason: WITHOUT },
  {
    file: 'unreached-valid.wast',
    lines: [1],
    from: /\(type \$t [^]*?\(call_ref \$t\)\s*\)/g,
    to: '',
    reason: WITHOUT,
  },
];

const PLAIN = /^[0-9A-Za-z!#$%&'*+\-./:<=>?@\\^_`|~]+$/;
const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', '"': '"', "'": "'", '\\': '\\' };

/** An identifier that wabt refuses, as it must. */
const MALFORMED = '$""';

/** An identifier without quotes that is equal exactly when the quoted one is; a malformed one stays malformed. */
function plainIdentifier(quoted: string): string {
  const bytes = quoted.replace(/\\(?:u\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{2})|(.))/g, (_, point, byte, letter) =>
    point !== undefined
      ? Buffer.from(String.fromCodePoint(Number.parseInt(String(point), 16)), 'utf8').toString('latin1')
      : byte !== undefined
        ? String.fromCharCode(Number.parseInt(String(byte), 16))
        : (ESCAPES[String(letter)] ?? ''),
  );
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return MALFORMED;
  }
  if (bytes === '') return MALFORMED;
  if (PLAIN.test(bytes)) return `$${bytes}`;
  return `$|quoted|${Buffer.from(bytes, 'latin1').toString('hex')}`;
}

/** The rewrites for the modules of one command. */
export const rewritesFor = (file: string, line: number): readonly Rewrite[] =>
  REWRITES.filter((one) => (one.file ?? file) === file && (one.lines?.includes(line) ?? true));
