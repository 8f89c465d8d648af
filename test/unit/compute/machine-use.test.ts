import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { electronMachineUse } from "../../../electron/app/machine-use.ts";
import { nodeMachineUse } from "../../../electron/compute/node-machine-use.ts";
import { temporaryFolder } from "../../helpers/places.ts";

const root = temporaryFolder("machine-use");
let made = 0;

/** A folder like the kernel's, with one folder a power supply. */
function supplies(facts: Readonly<Record<string, Readonly<Record<string, string>>>>): string {
  made += 1;
  const folder = path.join(root, String(made));
  fs.mkdirSync(folder);
  for (const [name, files] of Object.entries(facts)) {
    fs.mkdirSync(path.join(folder, name));
    for (const [file, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name, file), `${text}\n`);
  }
  return folder;
}

describe("the machine as a terminal knows it", () => {
  const battery = { type: "Battery", status: "Discharging" };
  it.each([
    { what: "a battery that is drained", is: true, facts: { BAT0: battery, AC: { type: "Mains", online: "0" } } },
    {
      what: "a battery beside a plugged-in adapter",
      is: false,
      facts: { BAT0: battery, AC: { type: "Mains", online: "1" } },
    },
    { what: "a battery that is charged over USB", is: false, facts: { BAT0: { ...battery, status: "Charging" } } },
    {
      what: "a battery beside power over USB",
      is: false,
      facts: { BAT0: battery, ucsi: { type: "USB", online: "1" } },
    },
    { what: "the battery of a mouse", is: false, facts: { hid: { ...battery, scope: "Device" } } },
    { what: "no power supplies", is: false, facts: {} },
  ])("takes $what for battery power: $is", ({ facts, is }) => {
    expect(nodeMachineUse(supplies(facts)).isOnBattery()).toBe(is);
  });

  it("counts as plugged in where the kernel tells nothing, and nobody as busy", () => {
    const use = nodeMachineUse(path.join(root, "missing"));
    expect(use.isOnBattery()).toBe(false);
    expect(use.isUserBusy()).toBe(false);
  });
});

describe("the machine as the desktop knows it", () => {
  it("asks for battery power and for the time since somebody touched it", () => {
    let idle = 300;
    const use = electronMachineUse({ isOnBatteryPower: () => true, getSystemIdleTime: () => idle });
    expect(use.isOnBattery()).toBe(true);
    expect(use.isUserBusy()).toBe(false);
    idle = 59;
    expect(use.isUserBusy()).toBe(true);
    idle = 0;
    expect(use.isUserBusy()).toBe(true);
    idle = 60;
    expect(use.isUserBusy()).toBe(false);
  });

  it("takes nobody for busy on a system that cannot tell, or an Electron without the question", () => {
    expect(electronMachineUse({ getSystemIdleTime: () => 0 }).isUserBusy()).toBe(false);
    expect(electronMachineUse({ getSystemIdleTime: () => -1 }).isUserBusy()).toBe(false);
    expect(electronMachineUse({}).isUserBusy()).toBe(false);
    expect(electronMachineUse({}).isOnBattery()).toBe(false);
  });
});
