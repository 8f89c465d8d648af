/** What the user may answer when the program is to end while jobs run. */
export type QuitAnswer = "background" | "stop" | "stay";

export type QuitControl = {
  /** The window is being closed by the user: true lets it close, which then ends the program. */
  readonly windowMayClose: () => boolean;
  /** The user, or the system politely, wants the program to end; asks when jobs run. */
  readonly request: () => void;
  /** The system ends the program: nobody is there to answer. */
  readonly endNow: () => void;
  /** Told whenever jobs may have begun or ended. */
  readonly jobsRunning: (running: boolean) => void;
  /** The user wants the window back. */
  readonly windowShown: () => void;
  /** True once nothing can stop the end. */
  readonly isEnding: () => boolean;
};

/**
 * Decides how the program ends.
 *
 *     open ──request──> asking (only when jobs run) ──stay──> open
 *      │                  │ └──background──> hidden ──window shown──> open
 *      │                  │                    └─────jobs ended─────┐
 *      └──────────────────┴──────stop / no jobs─────────────────────┴─> ending ──> exit
 *
 * Ending takes at most `maxEndMs`: what a job had not committed by then is done again at the next start.
 */
export function createQuitControl(parts: {
  readonly ask: () => Promise<QuitAnswer>;
  readonly hideWindow: () => void;
  /** Ends work in progress in good order. */
  readonly close: () => Promise<void>;
  readonly exit: () => void;
  readonly log: (line: string) => void;
  readonly maxEndMs?: number;
}): QuitControl {
  let phase: "open" | "asking" | "hidden" | "ending" = "open";
  let running = false;

  function end(): void {
    if (phase === "ending") return;
    phase = "ending";
    parts.hideWindow();
    const timer = setTimeout(() => {
      parts.log("Closing took too long; the rest is left to the next start.");
      parts.exit();
    }, parts.maxEndMs ?? 10_000);
    parts
      .close()
      .catch((error: unknown) => parts.log(`Closing failed: ${String(error)}`))
      .finally(() => {
        clearTimeout(timer);
        parts.exit();
      });
  }

  async function ask(): Promise<void> {
    phase = "asking";
    const answer = await parts.ask().catch((): QuitAnswer => "stay");
    // The end may have come from elsewhere while the question stood.
    if (phase !== "asking") return;
    phase = "open";
    if (answer === "stop" || (answer === "background" && !running)) end();
    else if (answer === "background") {
      phase = "hidden";
      parts.hideWindow();
    }
  }

  function request(): void {
    if (phase === "ending" || phase === "asking") return;
    if (running) void ask();
    else end();
  }

  return {
    windowMayClose() {
      if (phase === "ending") return true;
      request();
      return false;
    },
    request,
    endNow: end,
    jobsRunning(now) {
      running = now;
      if (!now && phase === "hidden") end();
    },
    windowShown() {
      if (phase === "hidden") phase = "open";
    },
    isEnding: () => phase === "ending",
  };
}
