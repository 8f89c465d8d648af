import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import type { ImageScorer } from "../../../electron/contract/nouns/scorers/image-scorer.ts";

const folder = path.join(import.meta.dirname, "../../fixtures/pictures");

/** A picture of test/fixtures/pictures and its pixels by PIL: three bytes each, turned as the file asks. */
export type ReferencePicture = {
  readonly name: string;
  readonly content: Buffer;
  readonly width: number;
  readonly height: number;
  readonly pixels: Buffer;
};

/** What a picture is when it is resized, by PIL or OpenCV. */
export type ResizedPicture = {
  readonly file: string;
  readonly settings: Pick<ImageScorer, "resample" | "resizeShorter"> & { readonly resize?: ImageScorer["resize"] };
  readonly width: number;
  readonly height: number;
  readonly pixels: Buffer;
};

/** A JPEG of one kind, and the SHA-256 of its pixels (three bytes each) by libjpeg-turbo in plain C. */
export type JpegKind = {
  readonly settings: string;
  readonly width: number;
  readonly height: number;
  readonly file: string;
  readonly pixels: string;
};

export function jpegKinds(): readonly JpegKind[] {
  return unpacked("jpeg-kinds.json.gz") as readonly JpegKind[];
}

export function referencePictures(): readonly ReferencePicture[] {
  const known = unpacked("pixels.json.gz") as Record<string, { width: number; height: number; pixels: string }>;
  return Object.entries(known).map(([name, { width, height, pixels }]) => ({
    name,
    content: referenceFile(name),
    width,
    height,
    pixels: Buffer.from(pixels, "hex"),
  }));
}

export function resizedPictures(): readonly ResizedPicture[] {
  const known = unpacked("resized.json.gz") as readonly (Omit<ResizedPicture, "pixels"> & { pixels: string })[];
  return known.map(({ pixels, ...picture }) => ({ ...picture, pixels: Buffer.from(pixels, "hex") }));
}

/** The bytes of one of the pictures. */
export function referenceFile(name: string): Buffer {
  return readFileSync(path.join(folder, "files", name));
}

function unpacked(name: string): unknown {
  return JSON.parse(gunzipSync(readFileSync(path.join(folder, name))).toString());
}
