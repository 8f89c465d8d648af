/** What the handlers need of the desktop around them; Electron's implementation is in `app/`. */
export type Desktop = {
  readonly version: string;
  /** A dialog over the window; null when it was dismissed. */
  readonly chooseInput: (kind: "folder" | "file") => Promise<string | null>;
  readonly chooseOutputFolder: () => Promise<string | null>;
  /** Opens a page where users sign in, in the system's browser; false when it is no page of `authority`, or none opens. */
  readonly openSignInPage: (address: string, authority: string) => Promise<boolean>;
  /** Shows a folder in the system's file manager; false when the system could not. */
  readonly openFolder: (folder: string) => Promise<boolean>;
};
