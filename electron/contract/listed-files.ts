/*
 * How a file is opened that was looked at before, by a listing or for its user. A path is no promise: since that look
 * somebody may have put a link, another file or a pipe in the place of the file, or of a folder above it. So the open file
 * is asked what it is and where it lies, and not a byte of it is read before it has answered. Docs: decisions/0029.
 */

/** What is known of a file since it was listed. */
export type ListedFacts = {
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Left out: its file system has no numbers that stay, or it was listed by an earlier version. */
  readonly inode?: number | undefined;
};

/** The parts of `fs.Stats` that tell files apart. */
type FileStats = {
  readonly size: number;
  readonly mtimeMs: number;
  readonly dev: number;
  readonly ino: number;
  isFile(): boolean;
};

/** The calls of `node:fs` that opening takes. */
export type FileCalls = {
  readonly constants: {
    readonly O_RDONLY: number;
    readonly O_NOFOLLOW?: number | undefined;
    readonly O_NONBLOCK?: number | undefined;
  };
  readonly realpathSync: { native(path: string): string };
  openSync(path: string, flags: number): number;
  closeSync(file: number): void;
  existsSync(path: string): boolean;
  fstatSync(file: number): FileStats;
  lstatSync(path: string): FileStats;
  readlinkSync(path: string): string;
};

/** What a library is given that opens files by their path. */
export type LibraryFile = {
  readonly path: string;
  /** To be asked when it has read, or could not: whether the open file still lies where it was listed. */
  readonly isThere: () => boolean;
};

/** `place` is always absolute and free of links. */
type FileOpener = {
  /** For `open`: neither follows a link in the last part of the path nor waits for whoever writes into a pipe. */
  readonly flags: number;
  /** The same for what a user named, where a link leads to what they mean. */
  readonly namedFlags: number;
  /** Opens what was listed; null when it is not that any more. Throws what the file system throws. */
  readonly open: (place: string, listed: ListedFacts) => number | null;
  /** Whether an open file is the one that was listed there; `stats` are its own. */
  readonly isListed: (opened: number, stats: FileStats, place: string, listed: ListedFacts) => boolean;
  /** Whether an open file lies there, with no link on the way. */
  readonly liesAt: (opened: number, stats: FileStats, place: string) => boolean;
  readonly forLibrary: (opened: number, place: string) => LibraryFile;
};

/** On Linux, the links to the open files of this process: each leads to the file itself, whatever its path names by now. */
const openFiles = "/proc/self/fd";

export function fileOpener(fs: FileCalls, platform: string): FileOpener {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants;
  const flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
  const hasOpenFiles = platform === "linux" && fs.existsSync(openFiles);

  function liesAt(opened: number, stats: FileStats, place: string): boolean {
    if (!hasOpenFiles) return isAt(place, stats);
    const told = fs.readlinkSync(`${openFiles}/${opened}`);
    // It may be told with the capitals of another program that looked it up, and some builds of Node cut it after 64 bytes.
    return told === place || (folded(place).startsWith(folded(told)) && isAt(place, stats));
  }

  /** Asked of the path, before and after it is resolved: what is exchanged at the right moments for both goes unnoticed. */
  function isAt(place: string, stats: FileStats): boolean {
    try {
      const isIt = () => isSameFile(fs.lstatSync(place), stats);
      return isIt() && folded(fs.realpathSync.native(place)) === folded(place) && isIt();
    } catch {
      return false;
    }
  }

  function isListed(opened: number, stats: FileStats, place: string, listed: ListedFacts): boolean {
    return isAsListed(stats, listed) && liesAt(opened, stats, place);
  }

  return {
    flags,
    namedFlags: O_RDONLY | O_NONBLOCK,
    liesAt,
    isListed,
    open(place, listed) {
      const opened = fs.openSync(place, flags);
      let isIt = false;
      try {
        isIt = isListed(opened, fs.fstatSync(opened), place, listed);
        return isIt ? opened : null;
      } finally {
        if (!isIt) fs.closeSync(opened);
      }
    },
    forLibrary: (opened, place) => ({
      path: hasOpenFiles ? `${openFiles}/${opened}` : place,
      isThere: () => liesAt(opened, fs.fstatSync(opened), place),
    }),
  };
}

/** Whether a regular file still has the size and the time that it was listed with, and is no other one. */
export function isAsListed(stats: Omit<FileStats, "dev">, { sizeBytes, modifiedMs, inode }: ListedFacts): boolean {
  const isSame = stats.size === sizeBytes && stats.mtimeMs === modifiedMs;
  return isSame && stats.isFile() && (inode === undefined || stats.ino === inode);
}

/** Whether a file could not be opened because a link, a socket, a device or a file in place of a folder has taken its place. */
export function isReplaced(errno: string | null | undefined): boolean {
  return errno !== null && errno !== undefined && replacedErrnos.has(errno);
}

const replacedErrnos = new Set(["ELOOP", "EMLINK", "ENOTDIR", "ENXIO", "ENODEV", "EOPNOTSUPP", "ENOTSUP"]);

function isSameFile(one: FileStats, other: FileStats): boolean {
  return one.isFile() && one.dev === other.dev && one.ino === other.ino;
}

/** Without what spelling may change, and without half a character at the end. */
function folded(path: string): string {
  return path
    .replace(/\ufffd+$/, "")
    .normalize("NFC")
    .toLowerCase();
}
