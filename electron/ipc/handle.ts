import { ipcMain } from "electron";
import { type CallName, calls } from "../contract/channels.ts";
import { type CallGate, type CallHandlers, callListener } from "./call.ts";

/** Answers the calls of the table that have a handler, each behind the gate; the only place that touches `ipcMain`. */
export function registerCalls(handlers: Partial<CallHandlers>, gate: CallGate): void {
  for (const name of Object.keys(calls) as CallName[]) {
    const handler = handlers[name];
    if (handler !== undefined) ipcMain.handle(name, callListener(name, handler, gate));
  }
}
