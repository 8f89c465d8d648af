import type { ShowPicture } from "../../electron/contract/messages/picture-messages.ts";
import { maxShownSide, type ShownPicture } from "../../electron/contract/nouns/pictures/shown-picture.ts";
import { pictureFormat } from "../../electron/contract/picture-format.ts";
import { failure, type Result, success } from "../../electron/contract/problem.ts";
import { createImageDecoder } from "../readers/images/image-decode.ts";
import { createPictureFitter } from "../readers/images/image-resize.ts";
import { readWholeFile } from "../readers/source-file.ts";
import { shownPicture } from "./shown-picture.ts";

/** A file of a job as it is looked at, decoded as a worker decodes it. Problems: input/changed, input/not-found, input/unreadable. */
export async function showPicture({ place, name: file, listed, alpha }: ShowPicture): Promise<Result<ShownPicture>> {
  const read = await readWholeFile(place, listed);
  if (!read.ok) {
    const { problem, errno } = read;
    if (errno === "ENOENT") return failure("input/not-found:picture", { file });
    if (problem.code === "input-changed") return failure("input/changed:picture", { file });
    return failure("input/unreadable:picture", { file, code: problem.code, reason: problem.message });
  }
  const { bytes } = read;
  const fitter = createPictureFitter();
  const decoded = await createImageDecoder(fitter.pixels, alpha)(bytes, () => undefined);
  if ("code" in decoded) {
    return failure("input/unreadable:picture", { file, code: decoded.code, reason: decoded.message });
  }
  const format = pictureFormat(bytes) === "jpeg" ? "jpeg" : "png";
  return success(shownPicture(fitter, decoded, maxShownSide, format));
}
