// plumbing: the functions of the System API in the model, as they can be wrapped
import { Crash } from '../../spec/vocabulary/engine.js';
import type { Execution } from '../../reference-model/ic/execution.js';

/** A System API function of the model. Numbers of any width are bigints. */
export type Handler = (es: Execution, ...args: bigint[]) => bigint | undefined;

/** By name. */
export type Handlers = Readonly<Record<string, Handler>>;

/** @throws Crash where the model has no function of that name */
export function handlerNamed(handlers: Handlers, name: string): Handler {
  const handler = handlers[name];
  if (handler === undefined) throw new Crash(`the model has no ${name}`);
  return handler;
}
