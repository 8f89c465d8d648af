import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { createJpegDecoder, type JpegPicture } from "../../../native-worker/readers/images/jpeg/jpeg-decoder.ts";
import compiled from "../../../native-worker/readers/images/jpeg/jpeg-decoder.wasm";
import { jpegKinds, referenceFile, referencePictures } from "../../helpers/data/reference-pictures.ts";
import { seededRandom } from "../../helpers/random.ts";

type Decoded = JpegPicture & { readonly pixels: Buffer };

const decodeInto = createJpegDecoder();
function decode(bytes: Buffer): Decoded | null {
  let pixels = Buffer.alloc(0);
  const picture = decodeInto(bytes, ({ width, height }) => (pixels = Buffer.alloc(width * height * 4)));
  return picture === null ? null : { ...picture, pixels };
}

/** The first three of each four bytes. */
function coloursOf({ pixels }: Decoded): Buffer {
  return Buffer.from(pixels.filter((_, at) => at % 4 !== 3));
}

describe("the compiled decoder", () => {
  test("was made of the sources that lie in scripts/jpeg-decoder", () => {
    const folder = path.join(import.meta.dirname, "../../../scripts/jpeg-decoder");
    const sums = readFileSync(path.join(folder, "SHA256SUMS"), "utf8").trimEnd().split("\n");
    expect(sums.length).toBeGreaterThan(4);
    for (const [sum, file] of sums.map((line) => line.split("  ") as [string, string])) {
      const found = createHash("sha256")
        .update(readFileSync(path.join(folder, file)))
        .digest("hex");
      expect([file, found]).toEqual([file, sum]);
    }
    expect(sums.at(-1)).toContain(createHash("sha256").update(compiled).digest("hex"));
  });

  test("can reach nothing outside of its own memory", () => {
    expect(WebAssembly.Module.imports(new WebAssembly.Module(compiled))).toEqual([]);
  });
});

describe("pixels", () => {
  test("are those of plain C to the bit, for every way to sample and to code", () => {
    const wrong = jpegKinds().filter(({ file, width, height, pixels }) => {
      const decoded = decode(Buffer.from(file, "base64"));
      if (decoded === null || decoded.isDoubtful) return true;
      const hash = createHash("sha256").update(coloursOf(decoded)).digest("hex");
      return decoded.width !== width || decoded.height !== height || hash !== pixels;
    });
    expect(wrong.map(({ settings, width, height }) => `${settings} ${width} × ${height}`)).toEqual([]);
  });

  test("are those of PIL to the bit, gray ones too", () => {
    const upright = referencePictures().filter(({ name }) => /^(?!cmyk|turned-).*\.(jpg|jpeg|jpe|jfif)$/.test(name));
    expect(upright.length).toBeGreaterThan(25);
    for (const { name, content, pixels } of upright) {
      const decoded = decode(content);
      expect([name, decoded?.isDoubtful, decoded?.components]).toEqual([name, false, name.startsWith("gray") ? 1 : 3]);
      expect([name, coloursOf(decoded as Decoded).equals(pixels)]).toEqual([name, true]);
    }
  });

  test("fill every fourth byte with 255", () => {
    for (const name of ["q75-420.jpg", "gray.jpg", "keep-rgb.jpg", "size-7x5.jpeg"]) {
      const { pixels } = decode(referenceFile(name)) as Decoded;
      expect([name, pixels.every((level, at) => at % 4 !== 3 || level === 255)]).toEqual([name, true]);
    }
  });
});

describe("what is broken", () => {
  const whole = referenceFile("q75-420.jpg");
  let wanted: Buffer;
  beforeAll(() => {
    wanted = (decode(whole) as Decoded).pixels;
  });
  const frame = whole.indexOf(Buffer.from([0xff, 0xc0]));

  test("is doubtful when data are missing, and nothing when the header is", () => {
    const end = Buffer.from([0xff, 0xd9]);
    expect(decode(Buffer.concat([whole.subarray(0, -100), end]))?.isDoubtful).toBe(true);
    expect(decode(whole.subarray(0, -100))?.isDoubtful).toBe(true);
    expect(decode(whole.subarray(0, frame))).toBeNull();
    expect(decode(Buffer.alloc(0))).toBeNull();
  });

  test("costs no memory that the decoder may not have", () => {
    const huge = Buffer.from(whole);
    // Progressive: the coefficients of the whole picture are kept.
    huge[frame + 1] = 0xc2;
    huge.fill(0xff, frame + 5, frame + 9);
    let asked = 0;
    const noRoom = (): Buffer => {
      asked += 1;
      return Buffer.alloc(0);
    };
    expect(decodeInto(huge, noRoom)).toBeNull();
    huge.writeUInt16BE(60_000, frame + 5);
    huge.writeUInt16BE(60_000, frame + 7);
    expect(decodeInto(huge, noRoom)).toBeNull();
    expect(asked).toBe(1);
  });

  test("or not wanted leaves the next picture as it is", () => {
    expect(decodeInto(whole, () => null)).toBeNull();
    expect((decode(whole) as Decoded).pixels.equals(wanted)).toBe(true);
  });

  test("never ends in an exception, whatever is changed or cut, and leaves the next picture as it is", () => {
    const random = seededRandom(11);
    const files = [...jpegKinds().map(({ file }) => Buffer.from(file, "base64")), whole];
    const rounds = process.env["BATCHDECK_LONG"] === "1" ? 200_000 : 1_500;
    for (let round = 0; round < rounds; round += 1) {
      const damaged = Buffer.from(files[Math.floor(random() * files.length)] as Buffer);
      for (let change = Math.floor(random() * 4); change >= 0; change -= 1) {
        damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256);
      }
      const length = random() < 0.3 ? Math.floor(random() * damaged.length) : damaged.length;
      // As much as the product allows; more is refused by the header.
      decodeInto(damaged.subarray(0, length), ({ width, height }) =>
        width * height > 1_000_000 ? null : Buffer.alloc(width * height * 4),
      );
    }
    expect((decode(whole) as Decoded).pixels.equals(wanted)).toBe(true);
  });
});
