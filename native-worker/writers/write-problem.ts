/** What the file system said when it refused. */
export type WriteProblem = {
  readonly message: string;
  readonly errno: string;
};
