/** What an AVIF file says of its picture, and how to take out of it what the decoder shall not obey. */

type Box = { readonly type: string; readonly start: number; readonly body: number; readonly end: number };

/** The boxes between two places, as far as their lengths make sense. */
function boxesBetween(bytes: Buffer, from: number, end: number): Box[] {
  const boxes: Box[] = [];
  for (let at = from; at + 8 <= end; ) {
    const short = bytes.readUInt32BE(at);
    if (short === 1 && at + 16 > end) break;
    const length = short === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : short === 0 ? end - at : short;
    const body = at + (short === 1 ? 16 : 8);
    if (at + length < body || at + length > end) break;
    boxes.push({ type: bytes.toString("latin1", at + 4, at + 8), start: at, body, end: at + length });
    at += length;
  }
  return boxes;
}

function inside(bytes: Buffer, box: Box | undefined, skip = 0): Box[] {
  return box === undefined ? [] : boxesBetween(bytes, box.body + skip, box.end);
}

const ofType = (boxes: readonly Box[], type: string): Box | undefined => boxes.find((box) => box.type === type);

/** Bytes of the version and the flags of a box that has them. */
const versionBytes = 4;

function metaBoxes(bytes: Buffer): Box[] {
  return inside(bytes, ofType(boxesBetween(bytes, 0, bytes.length), "meta"), versionBytes);
}

/**
 * The size of the largest picture in the file (parts and previews are smaller), before any turning, and whether the file
 * holds all of its boxes. Null when it tells no size.
 */
export function avifSize(bytes: Buffer): { width: number; height: number; isComplete: boolean } | null {
  const properties = inside(bytes, ofType(inside(bytes, ofType(metaBoxes(bytes), "iprp")), "ipco"));
  let size: { width: number; height: number } | null = null;
  for (const box of properties) {
    if (box.type !== "ispe" || box.end - box.body < 12) continue;
    const [width, height] = [bytes.readUInt32BE(box.body + 4), bytes.readUInt32BE(box.body + 8)];
    if (size === null || width * height > size.width * size.height) size = { width, height };
  }
  const boxes = boxesBetween(bytes, 0, bytes.length);
  const isComplete = boxes.at(-1)?.end === bytes.length && ofType(boxes, "mdat") !== undefined;
  return size === null ? null : { ...size, isComplete };
}

/**
 * A copy without colour profiles, whose colours are said to be those of sRGB, and, unless `keepAlpha`, without the link
 * from the picture to its opacity.
 */
export function plainAvif(bytes: Buffer, keepAlpha: boolean): Buffer {
  const copy = Buffer.from(bytes);
  const meta = metaBoxes(copy);
  for (const box of inside(copy, ofType(inside(copy, ofType(meta, "iprp")), "ipco"))) {
    if (box.type !== "colr" || box.end - box.body < 4) continue;
    const kind = copy.toString("latin1", box.body, box.body + 4);
    if (kind !== "nclx") copy.write("free", box.start + 4, "latin1");
    else if (box.end - box.body >= 8) {
      copy.writeUInt16BE(1, box.body + 4);
      copy.writeUInt16BE(13, box.body + 6);
    }
  }
  for (const box of keepAlpha ? [] : inside(copy, ofType(meta, "iref"), versionBytes)) {
    if (box.type === "auxl") copy.write("free", box.start + 4, "latin1");
  }
  return copy;
}
