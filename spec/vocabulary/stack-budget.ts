// table: the constant of the stack budget; the rule is in stack-budget.md beside this file

/** Slots that each activation of a function costs beside its parameters, locals and operands. */
export const FRAME_SLOTS = 8;
