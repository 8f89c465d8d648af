"""Cells that hold lists, `[1, 2.5, null]`, nested as deep as an input has dimensions."""

import json
import re

NOT_A_LIST = "not-a-list"
WRONG_SHAPE = "wrong-shape"
BLANKS = b" \t\n\r"
ELEMENT = re.compile(rb'"(?:[^"\\]|\\.)*"?[^,\]]*|[^,\]]*', re.S)


def list_items(cell, shape):
    """The elements of a list of that shape, as written, or one of the two words for what is wrong."""
    items = []

    def after_blanks(at):
        while at < len(cell) and cell[at] in BLANKS:
            at += 1
        return at

    def level(at, depth):
        if cell[at : at + 1] != b"[":
            return NOT_A_LIST if depth == 0 else WRONG_SHAPE
        at = after_blanks(at + 1)
        count = 0
        while cell[at : at + 1] != b"]" or count > 0:
            if at >= len(cell):
                return NOT_A_LIST
            if count == shape[depth]:
                return WRONG_SHAPE
            if depth + 1 < len(shape):
                at = level(at, depth + 1)
                if isinstance(at, str):
                    return at
                at = after_blanks(at)
            else:
                if cell[at : at + 1] == b"[":
                    return WRONG_SHAPE
                end = ELEMENT.match(cell, at).end()
                items.append(cell[at:end].rstrip(BLANKS))
                at = end
            count += 1
            if cell[at : at + 1] == b"]":
                break
            if cell[at : at + 1] != b",":
                return NOT_A_LIST
            at = after_blanks(at + 1)
        return at + 1 if count == shape[depth] else WRONG_SHAPE

    end = level(after_blanks(0), 0)
    if isinstance(end, str):
        return end
    return items if after_blanks(end) == len(cell) else NOT_A_LIST


def list_words(shape, elements):
    """a list of 2 lists of 3 numbers"""
    words = elements
    for depth in range(len(shape) - 1, -1, -1):
        words = f"{'a list' if depth == 0 else 'lists'} of {shape[depth]} {words}"
    return words


def unquoted(item):
    """The text of a JSON string; any other text as it is."""
    if not item.startswith(b'"'):
        return item
    try:
        return str(json.loads(item)).encode("utf-8", "replace")
    except ValueError:
        return item
