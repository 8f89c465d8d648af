import fs from "node:fs";
import path from "node:path";
import type { MachineUse } from "./machine-use.ts";

/**
 * What a terminal can know of the machine. On Linux the kernel tells where the power comes from; elsewhere the computer
 * counts as plugged in. Nobody tells a terminal whether somebody is at the keyboard, so nobody ever is.
 *
 * @param powerSupplies Folder with one folder a power supply; the kernel's own unless a test names another.
 */
export function nodeMachineUse(powerSupplies = "/sys/class/power_supply"): MachineUse {
  return { isOnBattery: () => isOnBattery(powerSupplies), isUserBusy: () => false };
}

/** There is a battery of the computer itself, it is being drained, and nothing plugged in gives power. */
function isOnBattery(powerSupplies: string): boolean {
  const supplies = listed(powerSupplies).map((name) => {
    const read = (fact: string) => firstLine(path.join(powerSupplies, name, fact));
    // The battery of a mouse says nothing about the computer.
    return {
      type: read("type"),
      status: read("status"),
      online: read("online"),
      isOfDevice: read("scope") === "Device",
    };
  });
  const own = supplies.filter(({ isOfDevice }) => !isOfDevice);
  if (own.some(({ type, online }) => type !== "Battery" && online === "1")) return false;
  return own.some(({ type, status }) => type === "Battery" && status === "Discharging");
}

function listed(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}

function firstLine(file: string): string {
  try {
    return fs.readFileSync(file, "utf8").trim();
  } catch {
    return "";
  }
}
