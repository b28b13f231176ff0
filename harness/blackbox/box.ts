// plumbing: a built-in engine as a black box in this process
import { Crash, type EngineFactory } from '../../spec/vocabulary/engine.js';
import { PROTOCOL } from '../protocol/messages.js';
import { Server } from '../serve/server.js';
import type { BlackBox } from './judge.js';

/** An engine that shows replies, rejects and status only. */
export function blackBoxOf(engine: EngineFactory): BlackBox {
  const server = new Server(engine, { name: 'black box', version: '1', blackBox: true });
  const welcome = server.answer({ seq: 0, do: 'hello', protocol: PROTOCOL, checksums: [] });
  if (welcome.is !== 'welcome') throw new Crash('a black box that does not welcome');
  let seq = 1;
  return {
    capabilities: welcome.capabilities,
    target: { ask: (question) => server.answer({ ...question, seq: seq++ } as Parameters<Server['answer']>[0]) },
  };
}
