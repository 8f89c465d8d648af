import fs from "node:fs/promises";

/** Whether something stands at a path, if only a link that leads nowhere. */
export async function exists(file: string): Promise<boolean> {
  return fs.lstat(file).then(
    () => true,
    () => false,
  );
}
