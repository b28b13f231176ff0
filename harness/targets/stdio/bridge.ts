// plumbing: a thread that owns the process of a target, so that the thread that judges can wait for its answers
import type { MessagePort } from 'node:worker_threads';

export interface BridgeData {
  readonly file: string;
  readonly args: readonly string[];
  readonly port: MessagePort;
  /** One counter: how many messages were posted. Who waits for a message waits for it to change. */
  readonly signal: SharedArrayBuffer;
}

/** From the bridge: a line of the target, or that there will be none. */
export type FromBridge = { readonly line: string } | { readonly gone: string };
/** To the bridge: a line for the target, or that the process shall be killed. */
export type ToBridge = { readonly line: string } | { readonly kill: true };

/**
 * The whole thread. It is started from its own text, since a worker cannot load TypeScript in tests: nothing outside may be named.
 */
async function bridge(): Promise<void> {
  const { workerData } = await import('node:worker_threads');
  const { spawn } = await import('node:child_process');
  const { file, args, port, signal } = workerData as BridgeData;
  const longestLine = 1 << 28;
  const counter = new Int32Array(signal);
  const tell = (message: FromBridge) => {
    port.postMessage(message);
    Atomics.add(counter, 0, 1);
    Atomics.notify(counter, 0);
  };

  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], shell: false });
  // What a target says on standard error is no fault; the end of it helps to understand one.
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2_000);
  });
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) tell({ line });
    if (rest.length > longestLine) child.kill('SIGKILL');
  });
  let reason = '';
  child.on('error', (error) => {
    reason = `could not be started: ${error.message}`;
    if (child.pid === undefined) tell({ gone: reason });
  });
  child.on('close', (code, killer) => {
    const end = reason || `ended with ${killer === null ? `code ${code}` : killer}`;
    tell({ gone: end + (said.trim() === '' ? '' : `; on standard error: ${said.trim()}`) });
    port.close();
  });
  // A write to a process that has ended fails; its end is told above.
  child.stdin.on('error', () => undefined);
  port.on('message', (message: ToBridge) => {
    if ('kill' in message) child.kill('SIGKILL');
    else child.stdin.write(message.line + '\n');
  });
  port.on('close', () => child.kill('SIGKILL'));
}

/** Program text of the thread. Runners that compile while loading (esbuild) put calls of a helper `__name` into it. */
export const BRIDGE_PROGRAM = `const __name = (f) => f; (${bridge.toString()})();`;
