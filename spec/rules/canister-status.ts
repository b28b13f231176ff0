// table: clauses — canister-interface.md#system-api-canister-status
import { chapter, must } from './rule.js';

export const canisterStatus = chapter('canister-status', 'canister-interface.md#system-api-canister-status', {
  running: must(['value'], 'canister_status is 1 while the canister is running.'),
  stopping: must(['value'], 'canister_status is 2 while it is stopping, as callbacks see it.'),
  stopped: must(['value'], 'canister_status is 3 while it is stopped, as canister_post_upgrade sees it.'),
});
