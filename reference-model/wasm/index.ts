// plumbing: the WebAssembly engine of the reference model: decode, validate, instantiate, invoke

export { decodeModule, SECOND_MEMORY } from './binary/module.js';
export { validateModule } from './validation/module.js';
export { WasmDecodeError, WasmLimitError, WasmLinkError, WasmValidationError } from './structure/errors.js';
export type * from './structure/module.js';
export { rehearse } from './execution/rehearsal.js';
export { withNan, type NanBits } from './numerics/nan.js';
export { Store } from './runtime/store.js';
export type { Instance, InstanceState } from './runtime/instance.js';
export type { MemoryInstance, MemoryInstance as Memory } from './runtime/memory.js';
export type {
  Extern,
  FunctionInstance,
  FunctionInstance as FunctionReference,
  GlobalInstance,
  GlobalInstance as Global,
  HostCall,
  HostFunction,
  Imports,
  TableInstance,
  TableInstance as Table,
} from './runtime/instances.js';
export type { ExecutionLimits } from './runtime/limits.js';
export { Meter } from './runtime/meter.js';
export { OutOfBounds, WasmTrap, type Outcome } from './runtime/trap.js';
