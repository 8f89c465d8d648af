import { contextBridge, ipcRenderer, webUtils } from "electron";
import { type Bridge, type CallAnswer, type CallName, calls, type EventName, events } from "./contract/channels.ts";
import { failure } from "./contract/problem.ts";

/**
 * Puts `window.batchdeck` into the page: one function for each call of the channel table, a way to hand over a dropped
 * file, and a way to listen to the events of the table. Nothing of Electron itself, and no channel by name.
 */
const callNames = (Object.keys(calls) as CallName[]).filter((name) => name !== "inputs:grant");
const eventNames: ReadonlySet<string> = new Set(Object.keys(events));

const bridge: Bridge = {
  call: Object.fromEntries(
    callNames.map((name) => [name, (input: unknown) => ipcRenderer.invoke(name, input)]),
  ) as unknown as Bridge["call"],
  async grantDropped(file) {
    // A script can make an object of any kind; only a real file has a path, and only one that was dropped or chosen.
    const path = file instanceof File ? webUtils.getPathForFile(file) : "";
    if (path === "") {
      return failure("input/not-found:dropped");
    }
    return ipcRenderer.invoke("inputs:grant", { path }) as Promise<CallAnswer<"inputs:grant">>;
  },
  on(event: EventName, listener: (payload: never) => void) {
    if (!eventNames.has(event)) throw new Error("There is no such event.");
    // The first argument is Electron's event object, which is not for pages.
    const forward = (_event: unknown, payload: unknown) => listener(payload as never);
    ipcRenderer.on(event, forward);
    return () => {
      ipcRenderer.removeListener(event, forward);
    };
  },
};

contextBridge.exposeInMainWorld("batchdeck", bridge);
