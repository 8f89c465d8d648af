"""What comes out of a model as cells: scores, labels, the best of a row."""

import math

import numpy

from .numbers import float32_text, float64_text


class Outputs:
    """The outputs of the model that are written, and how."""

    def __init__(self, scorer):
        self.outputs = scorer["outputs"]
        self.names = [output["name"] for output in self.outputs]
        self.has_whole_outputs = scorer.get("wholeOutputs", False)
        self.refuses_not_numbers = scorer.get("notANumber") == "error"

    def objection(self, tensors, rows):
        """Why what came out for so many rows cannot be told apart into rows; None when it can."""
        for output, tensor in zip(self.outputs, tensors):
            if "pool" in output:
                continue
            name, width = output["name"], output["width"]
            found = 1 if self.has_whole_outputs or tensor.ndim == 0 else tensor.shape[0]
            if found != rows:
                told = "so results cannot be told apart"
                return f'The model\'s output "{name}" has {found} rows where {rows} were put in, {told}.'
            if tensor.size != rows * width:
                values = tensor.size // rows
                return f'The model\'s output "{name}" has {values} values a row here, where {width} were expected.'
        return None

    def rows(self, tensors, items):
        """For each of the items that were run a list with its one row of cells, or the sentence of why it has none."""
        rows = len(items)
        columns = []
        broken = {}
        for output, tensor in zip(self.outputs, tensors):
            values = self.values_of(output, tensor, rows)
            for row, column, value in not_numbers(output, values):
                broken.setdefault(row, f'The score "{column}" is {float32_text(value)}, which is not a number.')
            columns.append(best_cells(output, values) if output["topK"] > 0 else all_cells(values))
        if not self.refuses_not_numbers:
            broken = {}
        return [
            " ".join(broken[row].split()) if row in broken else [[cell for cells in columns for cell in cells[row]]]
            for row in range(rows)
        ]

    def values_of(self, output, tensor, rows):
        width = output["width"]
        values = numpy.asarray(tensor).reshape(-1, width)[:rows]
        if values.dtype == numpy.float16:
            values = values.astype(numpy.float32)
        if output["softmax"]:
            values = softmax(values)
        return normalized(values) if output.get("normalize") else values


def softmax(values):
    """Of each row, computed in float64 and kept in its own type."""
    with numpy.errstate(invalid="ignore", over="ignore"):
        wide = values.astype(numpy.float64)
        powers = numpy.exp(wide - wide.max(axis=1, keepdims=True))
        return (powers / total(powers)).astype(values.dtype)


def normalized(values):
    """Each row divided by its Euclidean length, or by 1e-12 when that is less."""
    with numpy.errstate(invalid="ignore", over="ignore"):
        wide = values.astype(numpy.float64)
        length = numpy.maximum(numpy.sqrt(total(wide * wide)), 1e-12)
        return (wide / length).astype(values.dtype)


def total(values):
    """
    The sum of each row, one value after another: numpy's own sum adds in another order, which changes last digits.
    """
    return numpy.cumsum(values, axis=1)[:, -1:]


def not_numbers(output, values):
    """Row, column and value of the first score of each row that is NaN or infinite."""
    if values.dtype.kind != "f":
        return
    finite = numpy.isfinite(values)
    for row in numpy.flatnonzero(~finite.all(axis=1)).tolist():
        place = int(numpy.flatnonzero(~finite[row])[0])
        yield row, output["columns"][place] if output["topK"] == 0 else output["name"], values[row, place]


def writer_of(values):
    if values.dtype == numpy.float64:
        return float64_text
    if values.dtype.kind == "f":
        return float32_text
    if values.dtype.kind == "b":
        return lambda value: "true" if value else "false"
    return str


def all_cells(values):
    write = writer_of(values)
    items = values if values.dtype == numpy.float32 else values.tolist()
    return [[write(value) for value in row] for row in items]


def best_cells(output, values):
    """The label and the score of the best of each row, best first; of equal ones the first."""
    labels = output["labels"]
    write = writer_of(values)
    cells = []
    for row in values:
        scores = row.tolist()
        # NaN is less than everything.
        order = sorted(
            range(len(scores)), key=lambda index: (not math.isnan(scores[index]), scores[index]), reverse=True
        )
        best = order[: output["topK"]]
        cells.append([cell for index in best for cell in (labels[index] if labels else str(index), write(row[index]))])
    return cells
