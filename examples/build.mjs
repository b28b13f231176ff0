// plumbing: builds the examples' .wasm and .did files from their sources, the same bytes every time
//
//   npm run examples                     all of them, in place
//   node examples/build.mjs --out DIR    into another folder (the test that they are up to date does)
//   node examples/build.mjs --enhanced   wasm64 modules (enhanced orthogonal persistence), as *.wasm64.wasm; not committed
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HERE = dirname(fileURLToPath(import.meta.url));
const MOTOKO = ['counter/counter', 'ping-pong/ping', 'ping-pong/pong'];
const WAT = ['notes/notes'];

const require = createRequire(import.meta.url);
const [command, ...rest] = process.argv.slice(2);

/** The compiler keeps its mode for the life of the process, so each mode has a process of its own. */
function compileMotoko(out, mode) {
  const { default: motoko } = require('motoko');
  if (mode === 'classic') motoko.compiler.gcFlags('classicOP');
  motoko.setPublicMetadata(['candid:service', 'candid:args']);
  for (const name of MOTOKO) {
    const file = `${name.split('/').at(-1)}.mo`;
    motoko.write(file, readFileSync(join(HERE, `${name}.mo`), 'utf8'));
    const { wasm, candid } = motoko.wasm(file, 'ic');
    write(out, mode === 'classic' ? `${name}.wasm` : `${name}.wasm64.wasm`, wasm);
    if (mode === 'classic') write(out, `${name}.did`, candid);
  }
}

async function compileWat(out) {
  const wabt = await require('wabt')();
  for (const name of WAT) {
    const module = wabt.parseWat(`${name}.wat`, readFileSync(join(HERE, `${name}.wat`), 'utf8'));
    module.validate();
    write(out, `${name}.wasm`, module.toBinary({}).buffer);
    module.destroy();
  }
}

function write(out, name, content) {
  mkdirSync(dirname(join(out, name)), { recursive: true });
  writeFileSync(join(out, name), content);
  console.log(`${name}: ${content.length} bytes`);
}

/** What is wrong with the command line is said, and ends the program with exit code 2. */
function optionsOf(args) {
  try {
    const options = { out: { type: 'string', default: HERE }, enhanced: { type: 'boolean', default: false } };
    const { values } = parseArgs({ args, options });
    mkdirSync(values.out, { recursive: true });
    return values;
  } catch (error) {
    process.stderr.write(`examples: ${error.message}\nUsage: npm run examples -- [--out DIR] [--enhanced]\n`);
    process.exit(2);
  }
}

if (command === 'motoko') {
  compileMotoko(rest[0], rest[1]);
} else {
  const { out, enhanced } = optionsOf(process.argv.slice(2));
  const mode = enhanced ? 'enhanced' : 'classic';
  execFileSync(process.execPath, [fileURLToPath(import.meta.url), 'motoko', out, mode], { stdio: 'inherit' });
  if (mode === 'classic') await compileWat(out);
}
