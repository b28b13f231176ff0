// plumbing: the stack of the threads that engines run in

/** Host stack of a worker in MB: the stack budget of the profiles (spec/vocabulary/stack-budget.md) must fit many times over. */
export const STACK_MB = 64;
