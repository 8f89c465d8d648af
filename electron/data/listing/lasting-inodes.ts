import { type Stats, statfsSync } from "node:fs";

/**
 * File systems whose inode numbers stay with a file for as long as it exists, by what `statfs` calls them: Linux's own,
 * and NFS. Others (FAT, exFAT, SMB, FUSE, and all that Windows and macOS mount) hand out a number when a file is looked
 * up, or do not say what they are.
 */
const lasting: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0xca451a4e, // bcachefs
  0xf2f52010, // f2fs
  0x2fc12fc1, // zfs
  0x01021994, // tmpfs
  0x794c7630, // overlayfs
  0x6969, // nfs
]);

/**
 * The inode number of a file below `root` when it stays the same, else undefined. The device is not kept: it has another
 * number after the next mount.
 */
export function lastingInodes(root: string, rootDevice: number): (stats: Stats) => number | undefined {
  const isLasting = process.platform === "linux" && lasting.has(statfsSync(root).type);
  // What is mounted below the root is a file system of its own.
  return ({ dev, ino }) => (isLasting && dev === rootDevice ? ino : undefined);
}
