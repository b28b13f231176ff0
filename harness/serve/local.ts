// plumbing: an engine of this process, asked like a target in another one
import type { EngineFactory } from '../../spec/vocabulary/engine.js';
import { Crash } from '../../spec/vocabulary/engine.js';
import { CHECKSUMS, PROTOCOL, type AnswerOf, type Request } from '../protocol/messages.js';
import type { Answerer } from '../targets/stdio/channel.js';
import { Server, type ServerOptions } from './server.js';

interface LocalTarget {
  readonly target: Answerer;
  readonly welcome: AnswerOf<'welcome'>;
}

/** The engine behind the protocol's messages, without lines of text between. */
export function localTarget(engine: EngineFactory, options: ServerOptions): LocalTarget {
  const server = new Server(engine, options);
  let seq = 0;
  const ask = (question: object) => server.answer({ ...question, seq: seq++ } as Request);
  const welcome = ask({ do: 'hello', protocol: PROTOCOL, checksums: CHECKSUMS });
  if (welcome.is !== 'welcome') throw new Crash('the server does not know its own protocol');
  return { target: { ask }, welcome };
}
