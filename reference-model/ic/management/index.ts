// plumbing: the methods of the management canister by name
export { createCanister } from './create-canister.js';
export { deleteCanister } from './delete-canister.js';
export { depositCycles } from './deposit-cycles.js';
export { installCode } from './install-code.js';
export { startCanister } from './start-canister.js';
export { stopCanister } from './stop-canister.js';
export { uninstallCode } from './uninstall-code.js';
export { updateSettings } from './update-settings.js';
