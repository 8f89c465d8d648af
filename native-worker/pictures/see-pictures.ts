import type { SeePictures } from "../../electron/contract/messages/picture-messages.ts";
import { partSource } from "../../electron/contract/nouns/mini-batch.ts";
import { maxSeenSide, type SeenPicture } from "../../electron/contract/nouns/pictures/shown-picture.ts";
import { createPictureFitter } from "../readers/images/image-resize.ts";
import { createImageTensorWriter } from "../readers/images/image-tensor.ts";
import { createPictureReader } from "../readers/images/image.ts";
import { partPlace, readWholeFile } from "../readers/source-file.ts";
import { shownPicture } from "./shown-picture.ts";

/**
 * What the model sees of each file: the values of its input are made as a worker makes them, then turned back into levels,
 * so that whatever was lost on the way there is missing here too. Files that cannot be decoded are left out.
 */
export async function* seePictures({ input, scorer, parts }: SeePictures): AsyncGenerator<SeenPicture> {
  const tensor = createImageTensorWriter(scorer);
  if (tensor === null) return;
  const readPicture = createPictureReader(scorer, tensor);
  const values = tensor.allocate(1);
  const fitter = createPictureFitter();
  const size = { width: scorer.width, height: scorer.height };
  for (const part of parts) {
    const { path, listed } = partSource(part, partPlace(input, part));
    const file = await readWholeFile(path, listed);
    if (!file.ok) continue;
    const read = await readPicture(file.bytes, values, 0, () => undefined);
    if ("code" in read) continue;
    fitter.pixels(size).set(tensor.levels(values, 0));
    yield { file: part.file, picture: shownPicture(fitter, { ...size, orientation: 1 }, maxSeenSide, "png") };
  }
}
