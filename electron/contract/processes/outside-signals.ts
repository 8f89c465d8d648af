/** Signals that a process does not send itself: the operating system short of memory, or a person, ended it. */
export const outsideSignals: readonly (string | null)[] = ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"];
