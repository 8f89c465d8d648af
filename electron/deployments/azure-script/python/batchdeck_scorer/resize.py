"""
Pictures fitted into the size that a model takes, as the desktop does it: `area` by its own sums, other filters by
Pillow.
"""

import math
from typing import NamedTuple

import numpy
from PIL import Image

FILTERS = {
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}


class Box(NamedTuple):
    """In pixels, which need not be whole."""

    left: float
    top: float
    width: float
    height: float


class Place(NamedTuple):
    """Where a picture lies in what the model takes, as it is shown: its part `source` became the part `target`."""

    width: int
    height: int
    source: Box
    target: Box

    def inside(self, x, y):
        """A point of what the model takes, in pixels of the picture, kept inside it."""
        source, target = self.source, self.target
        return (
            min(self.width, max(0, source.left + (x - target.left) * source.width / target.width)),
            min(self.height, max(0, source.top + (y - target.top) * source.height / target.height)),
        )


def fit(pixels, orientation, scorer):
    """The picture as the model takes it, turned as EXIF's orientation asks, and its place there."""
    width, height = scorer["width"], scorer["height"]
    is_symmetric = "resizeShorter" not in scorer and scorer.get("resample", "area") == "area"
    if not is_symmetric:
        # Pillow's filters go across first, and the middle is not always the same from both sides.
        pixels, orientation = turned(pixels, orientation), 1
    lying = (height, width) if orientation >= 5 else (width, height)
    size = (pixels.shape[1], pixels.shape[0])
    source, target, whole = boxes(size, *lying, scorer)
    fitted = resized(pixels, source, target, whole, lying, scorer)
    # What was cut off lies outside of what the model takes.
    shown = Box(target.left - whole.left, target.top - whole.top, whole.width, whole.height)
    shown_size = size[::-1] if orientation >= 5 else size
    place = Place(*shown_size, turned_box(source, size, orientation), turned_box(shown, lying, orientation))
    return turned(fitted, orientation), place


def turned(pixels, orientation):
    """A stored picture as it is shown."""
    if orientation >= 5:
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return pixels


def turned_box(box, size, orientation):
    """Where a box of a stored picture is shown."""
    left, top, width, height = box
    right, bottom = size[0] - left - width, size[1] - top - height
    x, y = {
        2: (right, top),
        3: (right, bottom),
        4: (left, bottom),
        5: (top, left),
        6: (bottom, left),
        7: (bottom, right),
        8: (top, right),
    }.get(orientation, (left, top))
    return Box(x, y, height, width) if orientation >= 5 else Box(x, y, width, height)


def boxes(size, width, height, scorer):
    """
    Which part of a picture becomes which part, in whole pixels, of the result; and how many pixels the part becomes,
    and from where on among them the result is taken.
    """
    own_width, own_height = size
    picture = Box(0, 0, own_width, own_height)
    filled = Box(0, 0, width, height)
    if "resizeShorter" in scorer:
        return picture, filled, middle_of(size, scorer["resizeShorter"], filled)
    if scorer["resize"] == "stretch":
        return picture, filled, filled
    ratios = (width / own_width, height / own_height)
    if scorer["resize"] == "contain":
        ratio = min(ratios)
        inner_width = min(width, max(1, math.floor(own_width * ratio + 0.5)))
        inner_height = min(height, max(1, math.floor(own_height * ratio + 0.5)))
        target = Box((width - inner_width) // 2, (height - inner_height) // 2, inner_width, inner_height)
        return picture, target, Box(0, 0, inner_width, inner_height)
    ratio = max(ratios)
    cut_width, cut_height = min(own_width, width / ratio), min(own_height, height / ratio)
    source = Box((own_width - cut_width) / 2, (own_height - cut_height) / 2, cut_width, cut_height)
    return source, filled, filled


def middle_of(size, shorter, filled):
    """As torchvision's Resize and CenterCrop count: the longer side is rounded down, the middle to the nearest even."""
    longer = int(shorter * max(size) / min(size))
    width, height = (shorter, longer) if size[0] <= size[1] else (longer, shorter)
    return Box(round((width - filled.width) / 2), round((height - filled.height) / 2), width, height)


def resized(pixels, source, target, whole, size, scorer):
    """`size` wide and high, with borders where the picture does not fill it."""
    width, height = size
    result = numpy.empty((height, width, 3), dtype=numpy.uint8)
    result[:] = scorer.get("pad", [0, 0, 0])
    across = (pixels.shape[1], source.left, source.width, whole.width, whole.left, target.width)
    down = (pixels.shape[0], source.top, source.height, whole.height, whole.top, target.height)
    name = scorer.get("resample", "area")
    if name == "area":
        inner = by_area(pixels, axis_plan(*across), axis_plan(*down))
    else:
        inner = by_pillow(pixels, source, whole, target, FILTERS[name])
    result[target.top : target.top + target.height, target.left : target.left + target.width] = inner
    return result


def by_pillow(pixels, source, whole, target, resample):
    image = Image.fromarray(numpy.ascontiguousarray(pixels))
    box = (source.left, source.top, source.left + source.width, source.top + source.height)
    made = numpy.asarray(image.resize((whole.width, whole.height), resample, box=box))
    return made[whole.top : whole.top + target.height, whole.left : whole.left + target.width]


class AxisPlan(NamedTuple):
    """
    For each output pixel of an axis the first input pixel that it covers, how many it covers, and how much the first
    and the last of these count (those between count 1). The sum, times `scale`, is the level.
    """

    starts: list
    counts: list
    firsts: list
    lasts: list
    scale: float


def axis_plan(size, start, length, count, skipped, used):
    step = length / count
    plan = AxisPlan([], [], [], [], 1 / step if step > 1 else 1.0)
    for index in range(used):
        if step > 1:
            origin = start + (skipped + index) * step
            end = min(size, origin + step)
            first = math.floor(origin)
            last = max(first + 1, math.ceil(end - 1e-9))
            share = min(end, first + 1) - origin
            rest = min(end, last) - (last - 1) if last - first > 1 else 0
            entry = (first, last - first, share, rest)
        else:
            centre = start + (skipped + index + 0.5) * step - 0.5
            first = math.floor(centre)
            share = centre - first
            is_alone = first < 0 or first >= size - 1 or share == 0
            entry = (min(size - 1, max(0, first)), *((1, 1, 0) if is_alone else (2, 1 - share, share)))
        for values, value in zip(plan, entry):
            values.append(value)
    return plan


def by_area(pixels, across, down):
    """In float32, rows first and then columns, each from its first pixel to its last: every digit as on the desktop."""
    scale = numpy.float32(across.scale * down.scale)
    rows = sums(pixels.astype(numpy.float32), down, lambda total, lines: total + lines.sum(axis=0))
    columns = sums(rows.transpose(1, 0, 2), across, one_by_one).transpose(1, 0, 2)
    return numpy.clip(numpy.floor(columns * scale + numpy.float32(0.5)), 0, 255).astype(numpy.uint8)


def one_by_one(total, lines):
    for line in lines:
        total = total + line
    return total


def sums(lines, plan, add):
    """Of each output line the input lines that it covers, added; `add` adds those between the first and the last."""
    result = numpy.empty((len(plan.starts), *lines.shape[1:]), dtype=numpy.float32)
    for index, (start, count, first, last) in enumerate(zip(plan.starts, plan.counts, plan.firsts, plan.lasts)):
        total = lines[start] * numpy.float32(first)
        if count > 1:
            total = add(total, lines[start + 1 : start + count - 1])
            total = total + lines[start + count - 1] * numpy.float32(last)
        result[index] = total
    return result
