/** Looks at what a run would do that a window may end, since it has no more use for the answer; by an id of the window's own. */
export type Previews = {
  /** Null: nobody will end it. */
  readonly run: <Answer>(id: string | null, look: (signal: AbortSignal) => Promise<Answer>) => Promise<Answer>;
  readonly end: (id: string) => void;
};

export function createPreviews(): Previews {
  const running = new Map<string, AbortController>();
  return {
    async run(id, look) {
      const preview = new AbortController();
      if (id !== null) running.set(id, preview);
      try {
        return await look(preview.signal);
      } finally {
        // A page that was loaded again counts from the beginning.
        if (id !== null && running.get(id) === preview) running.delete(id);
      }
    },
    end(id) {
      running.get(id)?.abort();
    },
  };
}
