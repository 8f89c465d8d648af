import { call } from "../../../bridge/bridge.ts";

/** Somebody types. */
const pauseMs = 250;

let previews = 0;

/** A preview, as who asks for it sees it. */
export type StartedPreview = {
  /** By which main knows it. */
  readonly preview_id: string;
  /** False once another one has replaced it, or the sheet was left: its answers are of no use. */
  readonly isCurrent: () => boolean;
};

/**
 * Looks, after a pause where somebody may still be typing. For the effect of a hook: what it returns leaves the preview, and
 * ends it in main when it was asked for by then.
 */
export function startPreview(isTyped: boolean, look: (preview: StartedPreview) => Promise<void>): () => void {
  previews += 1;
  const preview_id = `sheet-${previews}`;
  let isCurrent = true;
  let isAsked = false;
  const timer = setTimeout(
    () => {
      isAsked = true;
      void look({ preview_id, isCurrent: () => isCurrent }).finally(() => {
        isAsked = false;
      });
    },
    isTyped ? pauseMs : 0,
  );
  return () => {
    isCurrent = false;
    clearTimeout(timer);
    if (isAsked) void call("invocations:end-preview", { preview_id });
  };
}
