import type { Upload } from "../../../electron/remote/storage/blob-store.ts";

/** What the programs that upload are given, as JSON: their one argument. Each prints the seconds that it took. */
export type UploadTask = {
  readonly cloudFile: string;
  readonly account: string;
  /** `lab.test:PORT` */
  readonly endpoint: string;
  readonly container: string;
  readonly token: string;
  readonly upload: Upload;
};
