// table: reviewed rewrites of script text, where the text parser (npm's wabt) is behind the scripts' syntax

/** Each keeps the meaning of the text. */
export const REWRITES: readonly { readonly from: RegExp; readonly to: string; readonly reason: string }[] = [
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
];
