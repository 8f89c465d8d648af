import type { Samples } from "./pixels.ts";
import type { JpegDecoder } from "./jpeg/jpeg-decoder.ts";
import { type TiffBlock, unpackTiffBlock } from "./tiff-blocks.ts";
import { firstDirectory, isLittleEndian, type TiffDirectory } from "./tiff-directory.ts";

/** `unsupported`: of a kind that is not decoded here. `damaged`: its directory or its data makes no sense. */
export type TiffResult = Samples | "unsupported" | "damaged";

/** What a TIFF says of its first page. `photometric`: 0 white is 0, 1 black is 0, 2 colour, 3 palette, 5 CMYK, 6 YCbCr. */
type Page = {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly channels: number;
  readonly compression: number;
  readonly photometric: number;
  readonly hasPlanes: boolean;
  readonly hasDifferences: boolean;
  readonly palette: readonly number[];
  readonly blocks: Blocks;
};

/** Strips or tiles, row by row, plane by plane. */
type Blocks = {
  readonly width: number;
  readonly height: number;
  readonly offsets: readonly number[];
  readonly lengths: readonly number[];
};

const jpegCompression = 7;
const maxChannels = 5;

/**
 * Decodes the first page: strips or tiles; not compressed, PackBits, LZW, Deflate or JPEG; 1, 2, 4, 8 or 16 bits; gray,
 * colour, palette and CMYK. The size has been checked before.
 */
export function decodeTiff(bytes: Buffer, decodeJpeg: JpegDecoder): TiffResult {
  const directory = firstDirectory(bytes);
  const page = directory === null ? null : pageOf(directory);
  if (page === null || directory === null) return "unsupported";
  const { width, height, bits, channels, blocks } = page;
  const planes = page.hasPlanes ? channels : 1;
  const [across, down] = [Math.ceil(width / blocks.width), Math.ceil(height / blocks.height)];
  if (Math.min(blocks.offsets.length, blocks.lengths.length) < across * down * planes) return "damaged";
  // Samples of fewer than 8 bits become bytes.
  const sampleBytes = bits === 16 ? 2 : 1;
  const pixelBytes = channels * sampleBytes;
  const data = Buffer.alloc(width * height * pixelBytes);
  const isLittle = isLittleEndian(bytes);
  for (let plane = 0; plane < planes; plane++) {
    for (let index = 0; index < across * down; index++) {
      const column = (index % across) * blocks.width;
      const row = Math.floor(index / across) * blocks.height;
      // What sticks out of the picture need not be there.
      const rows = Math.min(blocks.height, height - row);
      const samples = page.hasPlanes ? 1 : channels;
      const packed = blockBytes(bytes, blocks, plane * across * down + index);
      if (packed === null) return "damaged";
      const block = { width: blocks.width, rows, maxRows: blocks.height, samples, bits };
      const unpacked =
        page.compression === jpegCompression
          ? unpackJpeg(packed, directory, page, block, decodeJpeg)
          : unpackTiffBlock(packed, page.compression, page.hasDifferences, isLittle, block);
      if (unpacked === null) return "damaged";
      const step = samples * sampleBytes;
      const columns = Math.min(blocks.width, width - column);
      for (let line = 0; line < rows; line++) {
        const from = line * blocks.width * step;
        const to = ((row + line) * width + column) * pixelBytes;
        if (!page.hasPlanes) unpacked.copy(data, to, from, from + columns * step);
        for (let pixel = 0; page.hasPlanes && pixel < columns; pixel++) {
          const start = from + pixel * step;
          unpacked.copy(data, to + pixel * pixelBytes + plane * sampleBytes, start, start + step);
        }
      }
    }
  }
  return shown(page, data, isLittle);
}

function pageOf(directory: TiffDirectory): Page | null {
  const number = (tag: number, otherwise: number): number => directory.get(tag)?.[0] ?? otherwise;
  const [width, height] = [number(256, 0), number(257, 0)];
  const bits = directory.get(258) ?? [1];
  const channels = number(277, 1);
  const compression = number(259, 1);
  const photometric = number(262, -1);
  const isTiled = directory.has(322);
  const blocks: Blocks = {
    width: isTiled ? number(322, 0) : width,
    height: isTiled ? number(323, 0) : Math.min(height, number(278, height)),
    offsets: directory.get(isTiled ? 324 : 273) ?? [],
    lengths: directory.get(isTiled ? 325 : 279) ?? [],
  };
  const page: Page = {
    width,
    height,
    bits: bits[0] ?? 1,
    channels,
    compression,
    photometric,
    hasPlanes: number(284, 1) === 2 && channels > 1,
    hasDifferences: number(317, 1) === 2,
    palette: directory.get(320) ?? [],
    blocks,
  };
  const isKnown =
    [1, 2, 4, 8, 16].includes(page.bits) &&
    bits.every((some) => some === page.bits) &&
    [1, 5, jpegCompression, 8, 32773, 32946].includes(compression) &&
    (compression !== jpegCompression || (page.bits === 8 && !page.hasPlanes && channels <= 3)) &&
    number(266, 1) === 1 &&
    [1, 2].includes(number(317, 1)) &&
    number(339, 1) === 1 &&
    channels >= channelsOf(photometric) &&
    channels <= maxChannels &&
    (photometric !== 6 || compression === jpegCompression) &&
    (photometric !== 3 || (page.bits <= 8 && page.palette.length >= 3 * 2 ** page.bits)) &&
    // A tile may be larger than the picture, but not by much.
    blocks.width > 0 &&
    blocks.height > 0 &&
    blocks.width <= width + 4096 &&
    blocks.height <= height + 4096;
  return isKnown ? page : null;
}

/** Colours that a photometric interpretation needs; more than a picture can have for those that are not known. */
function channelsOf(photometric: number): number {
  return { 0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 3 }[photometric] ?? Infinity;
}

function blockBytes(bytes: Buffer, { offsets, lengths }: Blocks, index: number): Buffer | null {
  const [offset, length] = [offsets[index], lengths[index]];
  if (offset === undefined || length === undefined || offset + length > bytes.length) return null;
  return bytes.subarray(offset, offset + length);
}

/** A strip or tile that is a JPEG of its own, but for the tables, which all share. */
function unpackJpeg(
  packed: Buffer,
  directory: TiffDirectory,
  { photometric }: Page,
  { width, rows, maxRows, samples }: TiffBlock,
  decodeJpeg: JpegDecoder,
): Buffer | null {
  const tables = Buffer.from(directory.get(347) ?? []);
  // Without Adobe's mark a decoder takes three components for YCbCr.
  const isColour = photometric === 2;
  const mark = isColour ? Buffer.from("ffee000e41646f626500640000000000", "hex") : Buffer.alloc(0);
  const shared = tables.length > 4 ? tables.subarray(2, -2) : Buffer.alloc(0);
  const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8]), mark, shared, packed.subarray(2)]);
  let pixels = Buffer.alloc(0);
  const picture = decodeJpeg(jpeg, (size) => {
    if (size.width !== width || size.height < rows || size.height > maxRows) return null;
    pixels = Buffer.alloc(width * size.height * 4);
    return pixels;
  });
  if (picture === null || picture.isDoubtful || picture.components !== samples) return null;
  const unpacked = Buffer.alloc(width * rows * samples);
  for (let from = 0, to = 0; to < unpacked.length; from += 4, to += samples) {
    pixels.copy(unpacked, to, from, from + samples);
  }
  return unpacked;
}

/** Samples as they are seen: gray or colour, with opacity where the file has some. Works in place where it can. */
function shown(page: Page, data: Buffer, isLittle: boolean): Samples {
  const { bits, channels, photometric, palette } = page;
  const bytes = bits === 16 ? 2 : 1;
  const highByte = bytes === 2 && isLittle ? 1 : 0;
  if (photometric === 3) return ofPalette(data, channels, palette, bits);
  if (bits < 8) for (let at = 0; at < data.length; at++) data[at] = ((data[at] as number) * 255) / (2 ** bits - 1);
  if (photometric === 0) for (let at = 0; at < data.length; at++) data[at] = 255 - (data[at] as number);
  if (photometric === 5) return ofCmyk(data, channels * bytes, bytes, highByte);
  const wanted = channelsOf(photometric);
  // One more than the colours need is their opacity; more than that is left out.
  const kept = Math.min(channels, wanted + 1) as Samples["channels"];
  if (kept === channels) return { data, channels: kept, bytes, highByte };
  const cut = Buffer.alloc((data.length / channels) * kept);
  for (let from = 0, to = 0; from < data.length; from += channels * bytes, to += kept * bytes) {
    data.copy(cut, to, from, from + kept * bytes);
  }
  return { data: cut, channels: kept, bytes, highByte };
}

/** A palette holds 16 bits a level: all reds, all greens, all blues. */
function ofPalette(data: Buffer, channels: number, palette: readonly number[], bits: number): Samples {
  const colours = 2 ** bits;
  const result = Buffer.alloc((data.length / channels) * 3);
  for (let from = 0, to = 0; from < data.length; from += channels, to += 3) {
    const index = data[from] as number;
    for (let channel = 0; channel < 3; channel++) {
      result[to + channel] = (palette[channel * colours + index] as number) >> 8;
    }
  }
  return { data: result, channels: 3, bytes: 1, highByte: 0 };
}

/** As PIL converts it: what an ink leaves of the white that black leaves. */
function ofCmyk(data: Buffer, step: number, bytes: number, highByte: number): Samples {
  const result = Buffer.alloc((data.length / step) * 3);
  for (let from = highByte, to = 0; from < data.length; from += step, to += 3) {
    const white = 255 - (data[from + 3 * bytes] as number);
    for (let channel = 0; channel < 3; channel++) {
      result[to + channel] = white - Math.round(((data[from + channel * bytes] as number) * white) / 255);
    }
  }
  return { data: result, channels: 3, bytes: 1, highByte: 0 };
}
