import { chooseAddon } from "../../../electron/contract/processes/native-addons.ts";

/** What is used of libjpeg-turbo. */
export type JpegDecoder = Pick<typeof import("@julusian/jpeg-turbo"), "decompressSync" | "FORMAT_RGBX">;

/** Loads libjpeg-turbo; `message` says why this runtime cannot. */
export async function loadJpegDecoder(): Promise<
  { readonly ok: true; readonly decoder: JpegDecoder } | { readonly ok: false; readonly message: string }
> {
  const choice = chooseAddon("jpeg", process);
  if (!choice.ok) return choice;
  if (choice.file === null) return { ok: true, decoder: await import("@julusian/jpeg-turbo") };
  const addon = { exports: {} as JpegDecoder };
  process.dlopen(addon, choice.file);
  return { ok: true, decoder: addon.exports };
}
