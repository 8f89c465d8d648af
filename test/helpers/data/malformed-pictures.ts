import { deflateSync, crc32 } from "node:zlib";
import { createCanvas } from "@napi-rs/canvas";
import { seededRandom } from "../random.ts";

/** Pictures that are wrong, odd or cut. `isGood`: whether it must be scored, where that is plain from how it was made. */
export type OddPicture = { readonly name: string; readonly content: Buffer; readonly isGood?: boolean };

const cuts = 10;
const flips = 12;

export function oddPictures(): readonly OddPicture[] {
  const canvas = createCanvas(40, 30);
  const context = canvas.getContext("2d");
  for (let shade = 0; shade < 10; shade++) {
    context.fillStyle = `hsl(${shade * 36}, 80%, 50%)`;
    context.fillRect(shade * 4, 0, 4, 30);
  }
  const whole = {
    jpg: canvas.toBuffer("image/jpeg", 90),
    png: canvas.toBuffer("image/png"),
    webp: canvas.toBuffer("image/webp", 90),
  };
  const pictures: OddPicture[] = [];
  for (const [ending, content] of Object.entries(whole)) {
    pictures.push({ name: `whole.${ending}`, content, isGood: true });
    for (let part = 0; part < cuts; part++) {
      const cut = content.subarray(0, Math.floor((content.length * part) / cuts));
      pictures.push({ name: `cut-${part}.${ending}`, content: cut, isGood: false });
    }
    const random = seededRandom(ending.length);
    for (let flip = 0; flip < flips; flip++) {
      const damaged = Buffer.from(content);
      const at = Math.floor(random() * damaged.length);
      damaged[at] = (damaged[at] as number) ^ (1 + Math.floor(random() * 255));
      pictures.push({ name: `flip-${flip}.${ending}`, content: damaged });
    }
    pictures.push({ name: `more-behind.${ending}`, content: Buffer.concat([content, Buffer.alloc(1000, "behind")]) });
    const other = ending === "png" ? "jpg" : "png";
    pictures.push({ name: `content-of-${ending}.${other}`, content, isGood: true });
  }
  for (let orientation = 0; orientation <= 9; orientation++) {
    for (const order of ["little", "big"] as const) {
      const content = withExif(whole.jpg, orientation, order);
      pictures.push({ name: `exif-${order}-${orientation}.jpg`, content, isGood: true });
    }
  }
  pictures.push(
    { name: "cmyk.jpg", content: plainJpeg(4) },
    { name: "gray.jpg", content: plainJpeg(1), isGood: true },
    { name: "two-components.jpg", content: plainJpeg(2) },
    { name: "cut-exif.jpg", content: withExif(whole.jpg, 6, "little", 9) },
    { name: "start-only.jpg", content: Buffer.from([0xff, 0xd8, 0xff]), isGood: false },
    { name: "gray-16-bit.png", content: png(16, 0, 2), isGood: true },
    { name: "colour-16-bit.png", content: png(16, 2, 6), isGood: true },
    { name: "gray-1-bit.png", content: png(1, 0, 1 / 8), isGood: true },
    { name: "colour-with-alpha.png", content: png(8, 6, 4), isGood: true },
    { name: "palette-missing.png", content: png(8, 3, 1), isGood: false },
    { name: "bits-5.png", content: png(5, 0, 1), isGood: false },
    { name: "no-size.png", content: png(8, 2, 3, { width: 0, height: 0 }), isGood: false },
    { name: "too-large.png", content: png(8, 2, 3, { width: 60_000, height: 60_000 }), isGood: false },
    { name: "size-lies.png", content: png(8, 2, 3, { width: 8, height: 5000 }), isGood: false },
    { name: "negative-size.png", content: png(8, 2, 3, { width: 0xffffffff, height: 1 }), isGood: false },
    { name: "empty.png", content: Buffer.alloc(0), isGood: false },
    { name: "nothing-but-zeros.png", content: Buffer.alloc(5000), isGood: false },
    { name: "text.jpg", content: Buffer.from("This is no picture.\n"), isGood: false },
    { name: "vector.png", content: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), isGood: false },
    { name: "start.gif", content: Buffer.from("GIF89a"), isGood: false },
    { name: "start.bmp", content: Buffer.concat([Buffer.from("BM"), Buffer.alloc(10)]), isGood: false },
    { name: "start.tif", content: Buffer.from("II*\0"), isGood: false },
    { name: "start.webp", content: Buffer.from("RIFF\0\0\0\0WEBP"), isGood: false },
  );
  return pictures;
}

/** Puts an EXIF block with an orientation behind the start of a JPEG, cut to `length` bytes. */
function withExif(jpeg: Buffer, orientation: number, order: "little" | "big", length = 26): Buffer {
  const isLittle = order === "little";
  const short = (value: number): Buffer => Buffer.from(isLittle ? [value, 0] : [0, value]);
  const long = (value: number): Buffer => Buffer.from(isLittle ? [value, 0, 0, 0] : [0, 0, 0, value]);
  const tag = Buffer.from(isLittle ? [0x12, 0x01] : [0x01, 0x12]);
  const entry = [tag, short(3), long(1), short(orientation), short(0)];
  const tiff = [Buffer.from(isLittle ? "II" : "MM"), short(42), long(8), short(1), ...entry, long(0)];
  const body = Buffer.concat([Buffer.from("Exif\0\0"), Buffer.concat(tiff).subarray(0, length)]);
  const size = Buffer.alloc(2);
  size.writeUInt16BE(body.length + 2);
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xe1]), size, body, jpeg.subarray(2)]);
}

/** A JPEG of 8 by 8 pixels of one shade in each of its components: every block is a difference of 0 and an end. */
function plainJpeg(components: number): Buffer {
  const segment = (marker: number, body: readonly number[]): number[] => [
    ...[0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 0xff],
    ...body,
  ];
  const ids = Array.from({ length: components }, (_, index) => index + 1);
  const oneCode = [1, ...Array<number>(15).fill(0), 0];
  const bits = 2 * components;
  return Buffer.from([
    ...[0xff, 0xd8],
    ...segment(0xdb, [0, ...Array<number>(64).fill(1)]),
    ...segment(0xc0, [8, 0, 8, 0, 8, components, ...ids.flatMap((id) => [id, 0x11, 0])]),
    ...segment(0xc4, [0x00, ...oneCode]),
    ...segment(0xc4, [0x10, ...oneCode]),
    ...segment(0xda, [components, ...ids.flatMap((id) => [id, 0]), 0, 63, 0]),
    bits >= 8 ? 0 : 0xff >> bits,
    ...[0xff, 0xd9],
  ]);
}

/** A PNG of zeros for 8 by 8 pixels, whatever its header says. */
function png(bits: number, color: number, bytesPerPixel: number, size = { width: 8, height: 8 }): Buffer {
  const chunk = (name: string, body: Buffer): Buffer => {
    const named = Buffer.concat([Buffer.from(name), body]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size.width, 0);
  header.writeUInt32BE(size.height, 4);
  header[8] = bits;
  header[9] = color;
  const rows = Buffer.alloc(8 * (1 + Math.ceil(8 * bytesPerPixel)));
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
