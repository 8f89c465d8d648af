import fs from "node:fs";
import os from "node:os";
import path from "node:path";

/** Names of processors, as far as files of the system tell them; nothing is started to find out more. */

const makers: Readonly<Record<string, string>> = {
  "0x10de": "NVIDIA",
  "0x1002": "AMD",
  "0x8086": "Intel",
  "0x1af4": "virtio",
  "0x15ad": "VMware",
};

/** NVIDIA's cards that its driver for Linux has taken up. */
export function nvidiaCards(folder = "/proc/driver/nvidia/gpus"): string[] {
  return entriesOf(folder).map((card) => {
    const model = /^Model:\s*(.+?)\s*$/m.exec(textOf(path.join(folder, card, "information")))?.[1];
    return model ?? `NVIDIA card at ${card}`;
  });
}

/** Graphics processors that Linux has a driver for; each is told by its maker and number where it has no name. */
export function graphicsCards(folder = "/sys/class/drm", nvidiaFolder?: string): string[] {
  const nvidia = nvidiaCards(nvidiaFolder);
  const others = entriesOf(folder)
    .filter((entry) => entry.startsWith("renderD"))
    .flatMap((entry) => {
      const vendor = textOf(path.join(folder, entry, "device", "vendor")).trim();
      const maker = makers[vendor] ?? "Graphics processor";
      if (maker === "NVIDIA" && nvidia.length > 0) return [];
      return [`${maker} ${textOf(path.join(folder, entry, "device", "device")).trim()}`.trim()];
    });
  return [...nvidia, ...others];
}

/** The chip of an Apple computer, which has its graphics processor inside. */
export function appleChip(): string[] {
  const model = os.cpus()[0]?.model.trim() ?? "";
  return process.platform === "darwin" && model !== "" ? [model] : [];
}

function entriesOf(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function textOf(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
