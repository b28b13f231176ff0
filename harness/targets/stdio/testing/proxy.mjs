// plumbing: a program between the suite and a target that damages one answer of each case
//
// node proxy.mjs DAMAGE SEED COMMAND…: passes lines both ways. Of the first answers of each case (begin and the two after it) one,
// which the seed decides, is dropped, duplicated, truncated, reordered, corrupted or delayed for ever.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const [damage, seed, file, ...args] = process.argv.slice(2);
const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
child.on('exit', () => process.exit(0));

/** A number below `n`, the same for the same seed and case. */
let state = [...seed].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) >>> 0, 7);
function below(n) {
  state = (state * 1_664_525 + 1_013_904_223) >>> 0;
  return (state >>> 8) % n;
}

/** Answers of this case so far, and the one that is damaged. */
let answers = 0;
let victim = Infinity;
/** An answer that was given before, to be sent in the place of another. */
let earlier = '';

const say = (line) => process.stdout.write(`${line}\n`);

const DAMAGES = {
  drop: () => undefined,
  duplicate: (line) => {
    say(line);
    say(line);
  },
  truncate: (line) => say(line.slice(0, 1 + below(line.length - 2))),
  // The answer before is said again, and this one comes too late.
  reorder: (line) => {
    say(earlier);
    say(line);
  },
  // One bit of one character; a line break would be two lines, which is another damage.
  corrupt: (line) => {
    const at = below(line.length);
    say(line.slice(0, at) + String.fromCharCode(line.charCodeAt(at) ^ 1) + line.slice(at + 1));
  },
  delay: (line) => {
    setTimeout(() => say(line), 3_600_000);
  },
};

createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (line.includes('"do":"begin"')) {
      answers = 0;
      victim = below(3);
    }
    child.stdin.write(`${line}\n`);
  })
  .on('close', () => child.stdin.end());

createInterface({ input: child.stdout }).on('line', (line) => {
  if (answers++ === victim) DAMAGES[damage](line);
  else say(line);
  earlier = line;
});
