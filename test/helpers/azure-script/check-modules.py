"""Runs parts of the generated scripts' code alone: reads one request as JSON, and writes what came of it."""

import json
import sys

import numpy

request = json.load(sys.stdin)
sys.path.insert(0, request["folder"])


def numbers():
    from batchdeck_scorer.numbers import float32_text, float64_text

    singles = numpy.array(request["bits"], dtype=numpy.uint32).view(numpy.float32)
    return {
        "float32": [float32_text(value) for value in singles],
        "float64": [float64_text(float(text)) for text in request["doubles"]],
    }


def tokens():
    from batchdeck_scorer.tokens import TextFlaw, Tokenizer

    tokenizer = Tokenizer(request["file"])

    def encoded(text, most):
        try:
            return tokenizer.encode(text, most)
        except TextFlaw as flaw:
            return flaw.code

    return {
        "ids": [encoded(text, most) for text, most in request["texts"]],
        "before": tokenizer.before,
        "after": tokenizer.after,
        "padding": [tokenizer.pad_id, tokenizer.pad_type, tokenizer.is_padded_left, tokenizer.padded_length],
    }


def boxes():
    from batchdeck_scorer.boxes import Boxes
    from batchdeck_scorer.resize import Box, Place

    place = Place(*request["size"], Box(*request["source"]), Box(*request["target"]))
    found = []
    for scorer, tensors in request["runs"]:
        arrays = [numpy.array(values, dtype=numpy.float32).reshape(dims) for values, dims in tensors]
        results = Boxes(scorer)
        pictures = request["pictures"]
        found.append(results.objection(arrays, pictures) or results.rows(arrays, [place] * pictures))
    return found


json.dump({"numbers": numbers, "tokens": tokens, "boxes": boxes}[request["part"]](), sys.stdout)
