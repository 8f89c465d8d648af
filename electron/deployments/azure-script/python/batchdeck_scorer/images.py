"""Pictures: their pixels as Pillow reads them, fitted into the size that the model takes."""

import io
import struct
import zlib

import numpy
from PIL import Image

from .files import FileProblem, beginning_of, name_of, read_all
from .outcomes import Failure
from .resize import fit, turned

# Larger pictures are refused by their header: a file of a few bytes can ask for any amount of memory.
MOST_PIXELS = 100_000_000
Image.MAX_IMAGE_PIXELS = None

ORIENTATION = 0x0112
INTEGER_RANGES = {
    "int8": (-128, 127),
    "uint8": (0, 255),
    "int16": (-32768, 32767),
    "uint16": (0, 65535),
    "int32": (-2147483648, 2147483647),
    "uint32": (0, 4294967295),
}


def picture_format(data):
    """What kind of picture a file is by its first bytes; None: none that is known."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if data.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "tiff"
    if data[4:8] == b"ftyp" and (data[8:].startswith(b"avis") or b"avif" in data[8:26]):
        return "avif"
    if data.startswith(b"BM") and len(data) >= 26:
        pixels_at, header_bytes = struct.unpack_from("<II", data, 10)
        if pixels_at >= 26 and header_bytes >= 12:
            return "bmp"
    return None


def is_complete(kind, data):
    """
    Whether a picture has its own end, and its checksums are right, of the formats of which Pillow does not ask it.
    """
    return {"jpeg": is_complete_jpeg, "png": is_complete_png}.get(kind, lambda _: True)(data)


def is_complete_jpeg(data):
    """Walks the markers from start to end: segments by their lengths, scans by looking for the next marker."""
    at = 2
    while at + 1 < len(data):
        if data[at] != 0xFF:
            at = data.find(b"\xff", at)
            if at < 0:
                return False
            continue
        marker = data[at + 1]
        if marker == 0xD9:
            return True
        if marker == 0xFF:
            at += 1
        elif marker in (0x00, 0x01) or 0xD0 <= marker <= 0xD8:
            at += 2
        elif at + 4 > len(data):
            return False
        else:
            at += 2 + max(2, struct.unpack_from(">H", data, at + 2)[0])
    return False


def is_complete_png(data):
    at = 8
    while at + 12 <= len(data):
        end = at + 8 + struct.unpack_from(">I", data, at)[0]
        if end + 4 > len(data) or struct.unpack_from(">I", data, end)[0] != zlib.crc32(data[at + 4 : end]):
            return False
        if data[at + 4 : at + 8] == b"IEND":
            return True
        at = end + 4
    return False


def decode(data, alpha):
    """
    The pixels of a picture's first frame, height × width × 3, and the turn that is still to be made (EXIF's number, 1
    for none). Colour profiles are not obeyed; of 16 bits the higher 8 count.
    """
    if data == b"":
        raise FileProblem("file-empty", "The file is empty.")
    kind = picture_format(data)
    if kind is None:
        message = "The file is not a picture: its content is of no known picture format."
        raise FileProblem("image-not-an-image", message, "preprocess")
    if kind == "png" and len(data) >= 24:
        # Before its checksum is looked at, as Pillow would do first.
        check_size(struct.unpack_from(">II", data, 16))
    damaged = f"The {kind.upper()} picture is damaged and cannot be decoded."
    try:
        image = Image.open(io.BytesIO(data))
    except Exception:
        if kind == "avif":
            message = "Pictures of this kind cannot be decoded here; save it as PNG or JPEG."
            raise FileProblem("image-unsupported", message, "preprocess")
        raise FileProblem("image-damaged", damaged, "preprocess")
    check_size(image.size)
    if not is_complete(kind, data):
        message = f"The {kind.upper()} picture is damaged: a part is missing or was changed."
        raise FileProblem("image-damaged", message, "preprocess")
    try:
        orientation = image.getexif().get(ORIENTATION, 1)
        pixels = pixels_of(image, alpha)
    except Exception:
        raise FileProblem("image-damaged", damaged, "preprocess")
    if orientation not in range(2, 9):
        return pixels, 1
    if kind == "tiff":
        # Pillow has turned it, and the desktop does that last.
        return turned(pixels, {6: 8, 8: 6}.get(orientation, orientation)), orientation
    # The desktop's decoder of these turns them itself.
    return (turned(pixels, orientation), 1) if kind in ("webp", "avif") else (pixels, orientation)


def check_size(size):
    width, height = size
    if width * height > MOST_PIXELS:
        message = f"The picture has {width} × {height} pixels, more than 100 megapixels."
        raise FileProblem("image-too-large", message, "preprocess")


def pixels_of(image, alpha):
    image.load()
    if image.mode.startswith("I"):
        # Gray of 16 bits, which Pillow would cut off at 255.
        gray = (numpy.asarray(image).astype(numpy.uint32) >> 8).astype(numpy.uint8)
        return numpy.repeat(gray[:, :, None], 3, axis=2)
    has_alpha = image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info
    if alpha == "drop" or not has_alpha:
        return numpy.asarray(image.convert("RGB"))
    colours = numpy.asarray(image.convert("RGBA")).astype(numpy.uint32)
    opacity = colours[:, :, 3:]
    background = 255 if alpha == "white" else 0
    # Rounded half up; 255 is odd, so that there are no halves.
    return ((colours[:, :, :3] * opacity + background * (255 - opacity) + 127) // 255).astype(numpy.uint8)


def value_tables(scorer):
    """
    What each of the 256 levels becomes, by channel: (level × scale − mean) / std in float64, then rounded to the
    input's type.
    """
    kind = scorer["input"]["type"]
    levels = numpy.arange(256, dtype=numpy.float64)
    if scorer.get("gamma") == "linear":
        shares = levels / 255
        levels = 255 * numpy.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    tables = []
    for channel in range(1 if scorer["color"] == "gray" else 3):
        scale, mean, std = (at(scorer[key], channel, usual) for key, usual in (("scale", 1), ("mean", 0), ("std", 1)))
        values = (levels * scale - mean) / std
        if kind in INTEGER_RANGES:
            values = numpy.clip(numpy.floor(values + 0.5), *INTEGER_RANGES[kind])
        tables.append(values.astype(kind))
    return tables


def at(values, channel, usual):
    return values[channel] if channel < len(values) else usual


def tensor_of_pixels(scorer, pixels, tables):
    """Height × width × channels, or channels first, as the model has them."""
    if scorer["color"] == "gray":
        # ITU-R BT.601, as Pillow rounds it.
        red, green, blue = (pixels[:, :, channel].astype(numpy.uint32) for channel in range(3))
        gray = (red * 19595 + green * 38470 + blue * 7471 + 32768) >> 16
        planes = [tables[0][gray]]
    else:
        order = (2, 1, 0) if scorer["color"] == "bgr" else (0, 1, 2)
        planes = [tables[channel][pixels[:, :, colour]] for channel, colour in enumerate(order)]
    if len(scorer["input"]["shape"]) == 3:
        return planes[0]
    return numpy.stack(planes, axis=0 if scorer["layout"] == "nchw" else 2)


class PictureItems:
    def __init__(self, scorer, batch):
        self.scorer = scorer
        self.batch = batch
        self.tables = value_tables(scorer)

    def is_seen_to_be_read(self, path, name):
        try:
            return picture_format(beginning_of(path)) is not None
        except FileProblem:
            return False

    def score(self, model, results, files):
        """The rows of the predictions and the failures of these files, in order."""
        rows, failures = [], []
        for start in range(0, len(files), self.batch):
            found = {}
            read = []
            names = [name_of(path) for path in files[start : start + self.batch]]
            for path, name in zip(files[start:], names):
                try:
                    read.append((name, *self.read(path)))
                except FileProblem as problem:
                    found[name] = failed(name, problem.stage, problem.code, problem.message)
            self.run(model, results, read, found)
            for name in names:
                if isinstance(found[name], Failure):
                    failures.append(found[name])
                else:
                    rows += [[name, 0, *cells] for cells in found[name]]
        return rows, failures

    def read(self, path):
        """The tensor of one picture, and where the picture lies in it."""
        pixels, orientation = decode(read_all(path), self.scorer.get("alpha", "drop"))
        fitted, place = fit(pixels, orientation, self.scorer)
        return tensor_of_pixels(self.scorer, fitted, self.tables), place

    def run(self, model, results, read, found):
        """Puts what came of each picture into `found`: the cells of its rows, or a Failure."""

        def feeds(start, stop):
            tensors = [tensor for _, tensor, _ in read[start:stop]]
            rows = self.scorer["fixedBatch"] or stop - start
            tensors += [tensors[-1]] * (rows - len(tensors))
            return {self.scorer["input"]["name"]: numpy.stack(tensors)}, rows

        def fail(index, stage, code, message):
            found[read[index][0]] = failed(read[index][0], stage, code, message)

        for start, stop, tensors in model.run_rows(len(read), feeds, results, fail):
            places = [place for _, _, place in read[start:stop]]
            for index, rows in enumerate(results.rows(tensors, places), start=start):
                if isinstance(rows, str):
                    fail(index, "postprocess", "score-not-a-number", rows)
                else:
                    found[read[index][0]] = rows


def failed(name, stage, code, message):
    return Failure(name, None, stage, code, message, "")
