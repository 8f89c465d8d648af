"""What detectors find: a row for each box, in pixels of the picture as it is shown."""

import math

import numpy

from .numbers import float32_text

SINGLE = numpy.float32


class Boxes:
    def __init__(self, scorer):
        detections = scorer["detections"]
        self.layout = detections["layout"]
        self.limit = SINGLE(detections["score"])
        self.iou = detections["iou"]
        self.labels = detections["labels"]
        self.size = (scorer["width"], scorer["height"])
        # Of ssd the background is class 0.
        self.first_class = 1 if self.layout["format"] == "ssd" else 0
        self.refuses_not_numbers = scorer.get("notANumber") == "error"
        keys = {"ssd": ["boxes", "scores", "classes", "count"], "detr": ["logits", "boxes"]}
        tensors = [self.layout[key] for key in keys.get(self.layout["format"], ["predictions"])]
        self.names = [tensor["name"] for tensor in tensors if tensor is not None]

    def objection(self, tensors, rows):
        shapes = dict(zip(self.names, (tensor.shape for tensor in tensors)))
        if is_as_laid_out(self.layout, shapes, rows):
            return None
        strange = "; ".join(f"{name} [{', '.join(map(str, shape))}]" for name, shape in shapes.items())
        return f"The model's outputs ({strange}) are not those of {self.layout['format']} for {rows} pictures."

    def rows(self, tensors, places):
        """For each picture that was run a row for each box, best first, or the sentence of why it has none."""
        values = dict(zip(self.names, tensors))
        return [self.rows_of(values, picture, place) for picture, place in enumerate(places)]

    def rows_of(self, values, picture, place):
        found = READERS[self.layout["format"]](self.layout, values, picture, self.size)
        corners, scores, classes, not_number = chosen(*found, self.limit)
        if not_number is not None and self.refuses_not_numbers:
            return f"A score or a corner of a box is {float32_text(not_number)}, which is not a number."
        rows = []
        for box in suppressed(corners, scores, classes, self.iou):
            x1, y1 = place.inside(float(corners[box][0]), float(corners[box][1]))
            x2, y2 = place.inside(float(corners[box][2]), float(corners[box][3]))
            kind = int(classes[box]) - self.first_class
            is_named = self.labels is not None and 0 <= kind < len(self.labels)
            label = self.labels[kind] if is_named else str(int(classes[box]))
            rows.append([label, *(float32_text(SINGLE(value)) for value in (scores[box], x1, y1, x2, y2))])
        return rows


def is_as_laid_out(layout, shapes, rows):
    """Whether what came out has the shapes of its layout, all for as many pictures and as many boxes."""

    def shape(key):
        return shapes[layout[key]["name"]]

    def is_list(found, least):
        return len(found) == 3 and found[0] == rows and found[2] >= least

    kind = layout["format"]
    if kind == "yolov5":
        return is_list(shape("predictions"), 6)
    if kind == "yolov8":
        found = shape("predictions")
        return len(found) == 3 and found[0] == rows and found[2 if layout["boxesFirst"] else 1] > 4
    if kind == "yolo-nms":
        found = shape("predictions")
        return len(found) == 2 and found[1] == 7 if layout["isFlat"] else is_list(found, 6) and found[2] == 6
    if kind == "detr":
        logits, boxes = shape("logits"), shape("boxes")
        return is_list(logits, 1) and is_list(boxes, 4) and boxes[2] == 4 and boxes[1] == logits[1]
    boxes = shape("boxes")
    others = [shape("scores")] + ([] if layout["classes"] is None else [shape("classes")])
    dimensions = 3 if layout["classes"] is None else 2
    fit = all(len(found) == dimensions and tuple(found[:2]) == (rows, boxes[1]) for found in others)
    is_counted = layout["count"] is None or shape("count")[0] == rows
    return is_list(boxes, 4) and boxes[2] == 4 and fit and is_counted


# Each reads one picture: the corners of all boxes in pixels of the model's input, their scores and their classes. A
# score or a class that is no number stays one.


def read_yolov5(layout, values, picture, size):
    rows = values[layout["predictions"]["name"]][picture].astype(SINGLE)
    with numpy.errstate(invalid="ignore", over="ignore"):
        scores, classes = best_of(rows[:, 5:])
        return centred(rows[:, :4]), rows[:, 4] * scores, classes


def read_yolov8(layout, values, picture, size):
    rows = values[layout["predictions"]["name"]][picture].astype(SINGLE)
    rows = rows if layout["boxesFirst"] else rows.T
    scores, classes = best_of(rows[:, 4:])
    return centred(rows[:, :4]), scores, classes


def read_yolo_nms(layout, values, picture, size):
    rows = values[layout["predictions"]["name"]].astype(SINGLE)
    if not layout["isFlat"]:
        return rows[picture][:, :4], rows[picture][:, 4], rows[picture][:, 5]
    return rows[:, 1:5], rows[:, 6], rows[:, 5]


def read_ssd(layout, values, picture, size):
    boxes = values[layout["boxes"]["name"]][picture].astype(numpy.float64)
    scores = values[layout["scores"]["name"]][picture]
    count = len(boxes)
    if layout["count"] is not None:
        said = float(values[layout["count"]["name"]].reshape(-1)[picture])
        count = min(count, math.ceil(said)) if math.isfinite(said) else count
    order = [1, 0, 3, 2] if layout["yFirst"] else [0, 1, 2, 3]
    corners = (boxes[:, order] * [*size, *size]).astype(SINGLE)[:count]
    if layout["classes"] is not None:
        return corners, scores[:count].astype(SINGLE), values[layout["classes"]["name"]][picture][:count].astype(SINGLE)
    best, classes = best_of(scores[:count, 1:].astype(SINGLE))
    return corners, best, classes + 1


def read_detr(layout, values, picture, size):
    logits = values[layout["logits"]["name"]][picture].astype(numpy.float64)
    boxes = values[layout["boxes"]["name"]][picture].astype(numpy.float64)
    groups = logits if layout["isSigmoid"] else logits[:, :-1]
    best, classes = best_of(groups.astype(SINGLE))
    wide = best.astype(numpy.float64)
    with numpy.errstate(invalid="ignore", over="ignore"):
        if layout["isSigmoid"]:
            scores = 1 / (1 + numpy.exp(-wide))
        else:
            most = logits.max(axis=1, keepdims=True)
            total = numpy.cumsum(numpy.exp(logits - most), axis=1)[:, -1]
            scores = numpy.exp(wide - most[:, 0]) / total
        middles, halves = boxes[:, :2] * size, boxes[:, 2:] * size / 2
        corners = numpy.concatenate([middles - halves, middles + halves], axis=1)
    # Where a logit is no number the best is none, whatever becomes of it.
    scores[~numpy.isfinite(wide)] = wide[~numpy.isfinite(wide)]
    return corners.astype(SINGLE), scores.astype(SINGLE), classes


READERS = {
    "yolov5": read_yolov5,
    "yolov8": read_yolov8,
    "yolo-nms": read_yolo_nms,
    "ssd": read_ssd,
    "detr": read_detr,
}


def best_of(scores):
    """The first of the best scores of each box, and its class; where one of them is no number, that one."""
    classes = scores.argmax(axis=1)
    best = scores[numpy.arange(len(scores)), classes].copy()
    broken = ~numpy.isfinite(scores)
    for box in numpy.flatnonzero(broken.any(axis=1)):
        best[box] = scores[box][broken[box]][0]
    return best, classes


def centred(boxes):
    """Corners of boxes that are given by their centre and their sides."""
    with numpy.errstate(invalid="ignore", over="ignore"):
        halves = boxes[:, 2:] / SINGLE(2)
        return numpy.concatenate([boxes[:, :2] - halves, boxes[:, :2] + halves], axis=1)


def chosen(corners, scores, classes, limit):
    """The boxes above the limit, and the first score, corner or class that is no number; None when all are numbers."""
    broken_scores = ~numpy.isfinite(scores)
    numbers = numpy.concatenate([corners, numpy.asarray(classes, dtype=SINGLE)[:, None]], axis=1)
    # What is below the limit is not looked at.
    looked_at = ~broken_scores & (scores > limit)
    broken_boxes = looked_at & ~numpy.isfinite(numbers).all(axis=1)
    broken = numpy.flatnonzero(broken_scores | broken_boxes)
    not_number = None
    if len(broken) > 0:
        first = broken[0]
        not_number = scores[first] if broken_scores[first] else numbers[first][~numpy.isfinite(numbers[first])][0]
    kept = numpy.flatnonzero(looked_at & ~broken_boxes)
    return corners[kept], scores[kept], numpy.asarray(classes)[kept], not_number


def suppressed(corners, scores, classes, iou):
    """
    Which boxes stay, by falling score, of equal scores the first first. With `iou`, a box that overlaps with a better
    one of its class by more is left out, to the last bit as ONNX Runtime's NonMaxSuppression does it, all in float32.
    """
    order = numpy.argsort(-scores, kind="stable").tolist()
    if iou is None:
        return order
    low = numpy.minimum(corners[:, :2], corners[:, 2:])
    high = numpy.maximum(corners[:, :2], corners[:, 2:])
    areas = (high[:, 0] - low[:, 0]) * (high[:, 1] - low[:, 1])
    kept_of = {}
    staying = []
    for box in order:
        kept = kept_of.setdefault(int(classes[box]), [])
        if not overlaps(low, high, areas, kept, box, SINGLE(iou)):
            kept.append(box)
            staying.append(box)
    return staying


def overlaps(low, high, areas, kept, box, limit):
    if not kept:
        return False
    shared = numpy.minimum(high[kept], high[box]) - numpy.maximum(low[kept], low[box])
    common = shared[:, 0] * shared[:, 1]
    union = areas[kept] + areas[box] - common
    counts = (shared > 0).all(axis=1) & (common > 0) & (areas[kept] > 0) & (areas[box] > 0) & (union > 0)
    return bool((common[counts] / union[counts] > limit).any())
