import fs from "node:fs";

/** Watches the memory of a process and all that it started, until it is asked. Linux only. */
export function memoryOf(pid: number): { readonly peakMegabytes: () => number } {
  let peak = 0;
  const timer = setInterval(() => {
    let kilobytes = 0;
    for (const member of familyOf(pid)) kilobytes += proportionalKilobytes(member);
    peak = Math.max(peak, kilobytes / 1024);
  }, 100);
  return {
    peakMegabytes() {
      clearInterval(timer);
      return peak;
    },
  };
}

export function familyOf(pid: number): readonly number[] {
  const found = [pid];
  for (const member of found) {
    try {
      for (const thread of fs.readdirSync(`/proc/${member}/task`)) {
        const children = fs.readFileSync(`/proc/${member}/task/${thread}/children`, "utf8").trim();
        if (children !== "") found.push(...children.split(" ").map(Number));
      }
    } catch {
      // It has ended.
    }
  }
  return found;
}

/** Its own memory, and its share of what it has in common with others. */
function proportionalKilobytes(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
