import { connectToParent } from "../electron/contract/messages/parent-port.ts";
import {
  type FromPictureProcess,
  type ToPictureProcess,
  toPictureProcessSchema,
} from "../electron/contract/messages/picture-messages.ts";
import { seePictures } from "./pictures/see-pictures.ts";
import { showPicture } from "./pictures/show-picture.ts";

/** The process that decodes pictures for the window; see contract/messages/picture-messages.ts. One request after another. */
const port = connectToParent(process);
const send = (message: FromPictureProcess) => port.send(message);
let earlier: Promise<void> = Promise.resolve();

port.onMessage((message) => {
  const request = toPictureProcessSchema.parse(message);
  earlier = earlier.then(() => answer(request));
});

async function answer(request: ToPictureProcess): Promise<void> {
  if (request.type === "see") {
    for await (const seen of seePictures(request)) send({ type: "seen", ...seen });
    send({ type: "done" });
    return;
  }
  const shown = await showPicture(request);
  send(shown.ok ? { type: "shown", picture: shown.value } : { type: "problem", problem: shown.problem });
}
