import { ipcMain } from "electron";
import { type CallName, calls } from "../contract/channels.ts";
import { type CallGate, type CallHandlers, callListener } from "./call.ts";

/** Answers every call of the table, each behind the gate; the only place that touches `ipcMain`. */
export function registerCalls(handlers: CallHandlers, gate: CallGate): void {
  for (const name of Object.keys(calls) as CallName[]) {
    ipcMain.handle(name, callListener(name, handlers[name], gate));
  }
}
