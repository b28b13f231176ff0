// plumbing: the transitions by name
export { inspectMessage, submitIngress } from './api-request-submission.js';
export { settle } from './bookkeeping.js';
export { deliverResponse, invokeCallback } from './callback-invocation.js';
export { executeCall, executeSystemTask, withdrawForMessage } from './call-context-creation.js';
export { removeCallContexts } from './call-context-removal.js';
export { rejectStarved } from './call-context-starvation.js';
export { expireContext, expireMessage } from './call-expiry.js';
export { rejectionOf } from './call-rejection.js';
export { emptyCanister } from './empty-canister.js';
export { scheduleLowMemoryHook } from './low-wasm-memory.js';
export { commitExecution, dropExecution, executeMessage, judgedOutcome } from './message-execution.js';
export { uninstallOutOfCycles } from './out-of-cycles.js';
export { respond } from './respond.js';
export { rejectSpontaneously } from './spontaneous-rejection.js';
export { finishStopping } from './stopping.js';
export { advanceTime } from './time-progress.js';
export { bumpVersion } from './version-increment.js';
