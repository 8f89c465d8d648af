"""Texts: whole files, lines of files or rows of tables, as they are or as tokens."""

import math
import os

import numpy

from .columns import Columns
from .files import UTF8_MARK, FileProblem, check_text, name_of, open_text, read_all, BEGINNING, ending_of
from .model import Refused, row_dims, tensor_of
from .outcomes import Failure
from .rows import RowItems, score_frame
from .tables import LineReader, TableReader
from .tokens import TextFlaw, Tokenizer

# Tokens that one run may hold, padding included, and values that it may give of outputs with a vector a token.
MOST_RUN_TOKENS = 1024 * 1024
MOST_RUN_VALUES = 64 * 1024 * 1024
FEWEST_BLOCK_ROWS = 1024


def text_items(scorer, facts, model_folder):
    tokenizer = scorer["tokenizer"]
    if tokenizer is None:
        inputs = PlainTexts(scorer)
    else:
        place = os.path.join(model_folder, *tokenizer["file"].split("/"))
        inputs = TokenTexts(scorer, Tokenizer(place), tokenizer["maxLength"])
    if scorer["items"] == "file":
        return TextFiles(scorer, facts, inputs)
    return TextRows(scorer, facts, inputs)


class PlainTexts:
    """Texts that the model takes as they are."""

    length = 0

    def __init__(self, scorer):
        self.given = scorer["inputs"][0]
        self.fixed_batch = scorer["fixedBatch"]

    def encode(self, text):
        return text

    def feeds(self, texts):
        rows = self.fixed_batch or len(texts)
        values = texts + [texts[-1]] * (rows - len(texts))
        return {self.given["name"]: tensor_of(values, "string", row_dims(self.given, rows, 1))}, rows


class TokenTexts:
    """
    Texts as tokens, filled up to the longest of a run, or to the length that the model fixes. A model that is not told
    which tokens are padding would count it in: then only texts of one length run together.
    """

    def __init__(self, scorer, tokenizer, most):
        self.tokenizer = tokenizer
        self.inputs = scorer["inputs"]
        self.fixed_batch = scorer["fixedBatch"]
        special = len(tokenizer.before) + len(tokenizer.after)
        self.most = None if most is None else most - special
        self.has_mask = any(given["holds"] == "attention_mask" for given in self.inputs)
        self.fixed_length = self.inputs[0]["shape"][1] or (None if self.has_mask else tokenizer.padded_length)
        widest = max([1] + [output["width"] for output in scorer["outputs"] if "pool" in output])
        self.most_tokens = min(MOST_RUN_TOKENS, MOST_RUN_VALUES // widest)
        self.length = 0

    def encode(self, text):
        """The ids of all tokens of a text, or the TextFlaw that it has."""
        try:
            ids = self.tokenizer.encode(text, self.most)
        except TextFlaw as flaw:
            return flaw
        before, after = self.tokenizer.before, self.tokenizer.after
        return [token for token, _ in before] + ids + [token for token, _ in after]

    def feeds(self, texts):
        for text in texts:
            if isinstance(text, TextFlaw):
                raise Refused("preprocess", text.code, text.message)
        length = max([self.fixed_length or 1] + [len(ids) for ids in texts])
        would_count = not self.has_mask and length != self.fixed_length
        is_mixed = would_count and any(len(ids) != length for ids in texts)
        if len(texts) > 1 and (is_mixed or length * len(texts) > self.most_tokens):
            raise Refused("preprocess", "text-too-long", "These texts do not run together.")
        self.length = length
        rows = self.fixed_batch or len(texts)
        filled = texts + [texts[-1]] * (rows - len(texts))
        return {given["name"]: self.tensor(given, filled, length) for given in self.inputs}, rows

    def tensor(self, given, texts, length):
        pad = {"input_ids": self.tokenizer.pad_id, "token_type_ids": self.tokenizer.pad_type}.get(given["holds"], 0)
        result = numpy.full((len(texts), length), pad, dtype=given["type"])
        for row, ids in enumerate(texts):
            start, stop = self.own_tokens(ids)
            result[row, start:stop] = self.values(given["holds"], ids)
        return result

    def values(self, holds, ids):
        if holds == "input_ids":
            return ids
        if holds == "attention_mask":
            return 1
        tokenizer = self.tokenizer
        own = len(ids) - len(tokenizer.before) - len(tokenizer.after)
        before, after = ([kind for _, kind in tokens] for tokens in (tokenizer.before, tokenizer.after))
        return before + [tokenizer.content_type] * own + after

    def own_tokens(self, ids):
        """Where the tokens of a text begin and end among those of the run."""
        return (self.length - len(ids), self.length) if self.tokenizer.is_padded_left else (0, len(ids))


def pooled(scorer, inputs, tensors, texts):
    """Outputs with a vector a token become one a text, made of its own tokens alone; all others stay as they are."""
    return [
        pool(output, tensor, [inputs.own_tokens(ids) for ids in texts]) if "pool" in output else tensor
        for output, tensor in zip(scorer["outputs"], tensors)
    ]


def pool(output, tensor, places):
    vectors = []
    for row, (start, stop) in enumerate(places):
        own = tensor[row, start:stop].astype(numpy.float64)
        if output["pool"] == "mean":
            vectors.append(own.sum(axis=0) / max(stop - start, 1e-9))
        elif len(own) == 0:
            vectors.append(numpy.zeros(output["width"]))
        else:
            vectors.append(own[0] if output["pool"] == "cls" else own.max(axis=0))
    return numpy.array(vectors).astype(numpy.float64 if output["type"] == "float64" else numpy.float32)


class TextResults:
    """The results of a run of texts, whose pooled outputs have a shape of their own."""

    def __init__(self, results, scorer, inputs):
        self.results = results
        self.scorer = scorer
        self.inputs = inputs

    def objection(self, tensors, rows):
        for output, tensor in zip(self.scorer["outputs"], tensors):
            wanted = (rows, self.inputs.length, output["width"])
            if "pool" in output and tensor.shape != wanted:
                shown, expected = (", ".join(map(str, shape)) for shape in (tensor.shape, wanted))
                name = output["name"]
                return f'The model\'s output "{name}" has the shape [{shown}] here, where [{expected}] was expected.'
        return self.results.objection(tensors, rows)

    def rows(self, tensors, items):
        return self.results.rows(tensors, items)


class TextRows(RowItems):
    """Texts that are lines, or rows of a table."""

    def __init__(self, scorer, facts, inputs):
        self.scorer = scorer
        self.inputs = inputs
        self.batch = facts["batch"]
        given = scorer["inputs"][0]["name"]
        text = {"name": given, "type": "string", "shape": [None], "columns": [scorer["column"] or given]}
        reader = TableReader if scorer["items"] == "row" else LineReader
        self.reader = reader(Columns({**scorer, "inputs": [text]}), facts["encoding"])
        # Texts of which vectors are made run beside others of their length, so that little of a run is padding.
        self.is_sorted = any("pool" in output for output in scorer["outputs"])
        self.frame_rows = self.batch
        if self.is_sorted:
            self.frame_rows = self.batch * math.ceil(FEWEST_BLOCK_ROWS / self.batch)

    def is_seen_to_be_read(self, path, name):
        if self.scorer["items"] == "row":
            return super().is_seen_to_be_read(path, name)
        return is_plain_text(path, name)

    def run_frame(self, model, results, name, numbered, found):
        encoded = [self.inputs.encode(item.values[0][0]) for _, item in numbered]
        order = list(range(len(numbered)))
        if self.is_sorted:
            order.sort(key=lambda place: characters(numbered[place][1].values[0][0]))
        for start in range(0, len(order), self.batch):
            # Those of a run keep their order.
            places = sorted(order[start : start + self.batch])
            rows, texts = [numbered[place] for place in places], [encoded[place] for place in places]
            run_texts(self.scorer, self.inputs, model, results, name, rows, texts, found)


def characters(text):
    """As JavaScript counts them, by which the desktop sorts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def run_texts(scorer, inputs, model, results, name, numbered, texts, found):
    def feeds(start, stop):
        return inputs.feeds(texts[start:stop])

    def finish(tensors, start, stop):
        return pooled(scorer, inputs, tensors, texts[start:stop])

    score_frame(model, TextResults(results, scorer, inputs), name, numbered, feeds, found, finish)


class TextFiles:
    """Texts that are whole files."""

    def __init__(self, scorer, facts, inputs):
        self.scorer = scorer
        self.inputs = inputs
        self.batch = facts["batch"]
        self.encoding = facts["encoding"]

    def is_seen_to_be_read(self, path, name):
        return is_plain_text(path, name)

    def score(self, model, results, files):
        rows, failures = [], []
        for start in range(0, len(files), self.batch):
            names = [name_of(path) for path in files[start : start + self.batch]]
            found, numbered, texts = {}, [], []
            for path, name in zip(files[start:], names):
                try:
                    text = self.inputs.encode(text_of_file(path, self.encoding))
                    if isinstance(text, TextFlaw):
                        raise FileProblem(text.code, text.message, "preprocess")
                except FileProblem as problem:
                    found[name] = Failure(name, None, problem.stage, problem.code, problem.message, "")
                    continue
                numbered.append((name, name))
                texts.append(text)
            run_texts(self.scorer, self.inputs, model, results, None, numbered, texts, found)
            for name in names:
                result = found[name]
                if isinstance(result, Failure):
                    failures.append(result._replace(file=name, row=None))
                else:
                    rows.append([name, 0, *result])
        return rows, failures


def text_of_file(path, encoding):
    """A whole file as text, without its byte order mark."""
    with open_text(path, encoding) as file:
        content = file.read()
    if content == b"":
        raise FileProblem("file-empty", "The file is empty.")
    if b"\0" in content:
        raise FileProblem("text-encoding", "The file holds NUL bytes, which no text has.")
    is_western = encoding == "cp1252" and not read_all(path).startswith(UTF8_MARK)
    try:
        return as_western(content) if is_western else content.decode("utf-8")
    except UnicodeDecodeError:
        called = "Windows-1252" if is_western else "UTF-8"
        raise FileProblem("text-encoding", f"The file is not {called} text.")


def as_western(content):
    """Hardly any Windows-1252 text is valid UTF-8: one that is comes from a file of the other encoding."""
    if not content.isascii():
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            return content.decode("cp1252")
        raise UnicodeDecodeError("cp1252", content, 0, 1, "it is UTF-8")
    return content.decode("ascii")


def is_plain_text(path, name):
    """Nearly everything is text: only what has no ending at all is taken for one."""
    if ending_of(name) != "":
        return False
    try:
        with open_text(path, None) as file:
            beginning = file.read(BEGINNING)
        check_text(beginning)
    except FileProblem:
        return False
    if beginning == b"" or any(byte < 0x20 and not 0x09 <= byte <= 0x0D and byte != 0x1B for byte in beginning):
        return False
    return any(is_utf8(beginning[: len(beginning) - cut]) for cut in range(4))


def is_utf8(data):
    try:
        data.decode("utf-8")
        return True
    except UnicodeDecodeError:
        return False
