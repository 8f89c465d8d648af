/** Exit codes, the same for every command. */
export const exitCodes = { done: 0, failed: 1, refused: 2, completedWithFailures: 3, interrupted: 130 } as const;
