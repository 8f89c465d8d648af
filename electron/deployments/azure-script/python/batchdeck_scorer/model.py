"""The model in ONNX Runtime."""

import os
import re

import numpy
import onnxruntime

# What ONNX Runtime and its providers say when memory runs out.
SHORT_OF_MEMORY = re.compile(
    r"failed to allocate memory|bad_?alloc|out of memory|(CUDNN|CUBLAS)_STATUS_ALLOC_FAILED|not enough memory", re.I
)

DTYPES = {"bool": numpy.bool_, "string": object}


def dtype_of(kind):
    """numpy's type for the elements of a tensor; the names are numpy's, but for two."""
    return DTYPES.get(kind) or numpy.dtype(kind).type


def tensor_of(values, kind, dims):
    """
    Values, in a list as flat as an array is stored, as a tensor. Floats are rounded once, from float64, as they are on
    the desktop.
    """
    if kind in ("float16", "float32"):
        with numpy.errstate(over="ignore"):
            return numpy.array(values, dtype=numpy.float64).astype(dtype_of(kind)).reshape(dims)
    return numpy.array(values, dtype=dtype_of(kind)).reshape(dims)


class Refused(Exception):
    """Why rows do not go into one run together, or why the one row that is asked for cannot be made an input."""

    def __init__(self, stage, code, message):
        super().__init__(message)
        self.why = (stage, code, message)


class Model:
    def __init__(self, place, names, constants, workers):
        options = onnxruntime.SessionOptions()
        # The workers of a computer share its cores.
        options.intra_op_num_threads = max(1, (os.cpu_count() or 1) // workers)
        options.log_severity_level = 3
        providers = onnxruntime.get_available_providers()
        self.session = onnxruntime.InferenceSession(place, options, providers=providers)
        self.names = names
        self.constants = constants

    def run_rows(self, count, feeds, outputs, fail):
        """
        Runs rows 0 to `count` and yields (start, stop, tensors), in order. `feeds(start, stop)` gives the inputs of
        rows and how many rows they hold, padding included, or raises Refused; where a run of several rows is refused,
        its halves are run instead.
        """
        pending = [(0, count)]
        while pending:
            start, stop = pending.pop()
            if start == stop:
                continue
            try:
                tensors, rows = self.run(feeds, start, stop)
            except Refused as refused:
                if stop - start > 1:
                    middle = start + (stop - start + 1) // 2
                    pending += [(middle, stop), (start, middle)]
                else:
                    fail(start, *refused.why)
                continue
            objection = outputs.objection(tensors, rows)
            if objection is None:
                yield start, stop, tensors
            else:
                for row in range(start, stop):
                    fail(row, "postprocess", "model-error", objection)

    def run(self, feeds, start, stop):
        given, rows = feeds(start, stop)
        try:
            return self.session.run(self.names, {**given, **self.constants(rows)}), rows
        except Exception as error:
            reason = " ".join(str(error).split())
            if SHORT_OF_MEMORY.search(reason):
                raise Refused("infer", "out-of-memory", f"There is not enough memory to run this item: {reason}")
            raise Refused("infer", "model-error", f"The model refused this item: {reason}")


def constant_feeds(scorer):
    """Gives the inputs that are the same for every item, for a run of so many rows."""
    constants = scorer.get("constants", [])

    def feeds(rows):
        return {constant["name"]: constant_tensor(constant, rows) for constant in constants}

    return feeds


def constant_tensor(constant, rows):
    kind, shape, texts = constant["type"], constant["shape"], constant["values"]
    values = [element_of(kind, text) for text in texts]
    dims = [rows if size is None else size for size in shape]
    if len(values) == 1:
        return numpy.broadcast_to(tensor_of(values, kind, [1]), dims).copy() if dims else tensor_of(values, kind, [])
    one = tensor_of(values, kind, [1 if size is None else size for size in shape])
    return numpy.broadcast_to(one, dims).copy()


def element_of(kind, text):
    if kind == "string":
        return text
    if kind == "bool":
        return text == "1"
    if kind.startswith("float"):
        return float(text.replace("Infinity", "inf"))
    return int(text)


def row_dims(given, rows, width):
    """
    The shape of a tensor of `rows` rows of `width` values each: the model's sizes, and what is left of the width where
    it leaves one open.
    """
    if "vector" in given:
        return [rows, *(length or 1 for length in given["vector"])]
    sizes = given["shape"][1:]
    known = 1
    for size in sizes:
        known *= size or 1
    rest = width // known
    dims = [rows]
    for size in sizes:
        dims.append(rest if size is None else size)
        rest = 1 if size is None else rest
    return dims
