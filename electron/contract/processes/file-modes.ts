/*
 * Who may read and change what Batchdeck makes. Every call that makes a file or folder names one of these. Windows has no
 * such modes: there a file has the rights of its folder.
 */

/** What lies in a workspace belongs to its owner alone, whatever the umask. */
export const ownerOnly = { folder: 0o700, file: 0o600 } as const;

/** A copy that nobody is to change. */
export const ownerReads = 0o400;

/** A folder that a user named and that is not there yet: as the umask says. */
export const asUsual = 0o777;

/** A folder among results: whoever may look into the folder that it is put in may look into it, unless the umask forbids. */
export function folderModeIn(folder: { readonly mode: number }): number {
  return (folder.mode & asUsual) | ownerOnly.folder;
}

/** A file of results: whoever may read the folder that it is put in may read it, unless the umask forbids. */
export function fileModeIn(folder: { readonly mode: number }): number {
  return (folder.mode & 0o666) | ownerOnly.file;
}
