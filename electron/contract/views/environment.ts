/** An environment as scripts see it (`environment show --json`). Times in ISO 8601. */
export type EnvironmentView = {
  readonly name: string;
  readonly kind: "python" | "node";
  /** Absolute path; empty for Node, which is Batchdeck's own. */
  readonly interpreter: string;
  /** What the interpreter reported when the environment was made; empty for Node. */
  readonly version: string;
  readonly created_at: string;
  readonly updated_at: string;
};
