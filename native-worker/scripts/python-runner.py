"""Runs a scoring script by Azure ML's contract, for one worker.

The worker sends requests as JSON lines over file descriptor 3 and gets answers as JSON lines over 4; an answer of the
type "rows" is followed by that many bytes. The script's own stdin is empty, its stdout and stderr stay its own.
"""

import importlib.util
import json
import math
import os
import sys
import threading
import traceback

RUNNER_NAME = "batchdeck-runner"
CHUNK_CHARACTERS = 1 << 18
LARGEST_INTEGER = 2**63 - 1
SMALLEST_INTEGER = -(2**63)


def end_with_parent():
    """The worker holds the other end of stdin: when it is gone, however it went, this process goes too."""
    line = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)

    def watch():
        while os.read(line, 1):
            pass
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    if sys.platform == "linux":
        # A script that never lets go of the interpreter's lock would keep the thread from running.
        try:
            import ctypes

            ctypes.CDLL(None).prctl(1, 9)
        except (ImportError, OSError, AttributeError):
            pass


def flush_output():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass


class Answers:
    def __init__(self, descriptor):
        os.set_inheritable(descriptor, False)
        self.file = os.fdopen(descriptor, "wb")

    def send(self, answer, content=b""):
        self.file.write(json.dumps(answer).encode("ascii") + b"\n" + content)
        self.file.flush()

    def send_rows(self, texts):
        """Texts, in pieces that neither end has to hold at once."""
        waiting, characters = [], 0
        for text in texts:
            waiting.append(text)
            characters += len(text)
            if characters >= CHUNK_CHARACTERS:
                self._send_piece(waiting)
                waiting, characters = [], 0
        if waiting:
            self._send_piece(waiting)

    def _send_piece(self, texts):
        content = "".join(texts).encode("utf-8", "replace")
        self.send({"type": "rows", "bytes": len(content)}, content)


def describe(error):
    """Last line of the traceback, and the whole of it without the frames of this file."""
    frames = error.__traceback__
    while frames is not None and is_machinery(frames.tb_frame.f_code.co_filename):
        frames = frames.tb_next
    lines = traceback.format_exception(type(error), error, frames)
    last = traceback.format_exception_only(type(error), error)[-1].strip()
    return {"message": last, "traceback": "".join(lines)}


def is_machinery(file):
    return file == RUNNER_NAME or file.startswith("<frozen importlib")


# What a cell is: its text, and the type of its column (see script-columns.ts). Texts are always quoted, nothing else is.


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


def cell(value):
    kind = type(value)
    if kind is str:
        return quoted(value), "text"
    if kind is float:
        return float_text(value), "float"
    if kind is bool:
        return ("true" if value else "false"), "boolean"
    if kind is int:
        return integer_cell(value)
    if value is None:
        return "", "empty"
    return rare_cell(value)


def integer_cell(value):
    return str(value), "integer" if SMALLEST_INTEGER <= value <= LARGEST_INTEGER else "text"


def float_text(value):
    if value != value:
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(value)


def rare_cell(value):
    """Anything that is no plain Python scalar. numpy and pandas are looked at only when the script has loaded them."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.generic):
        if isinstance(value, (numpy.datetime64, numpy.timedelta64)) and numpy.isnat(value):
            return "", "empty"
        if isinstance(value, numpy.floating):
            return narrow_float_text(value), "float"
        plain = value.item()
        return cell(plain) if type(plain) in (str, bool, int) else (quoted(str(value)), "text")
    pandas = sys.modules.get("pandas")
    if pandas is not None and (value is pandas.NaT or value is getattr(pandas, "NA", pandas.NaT)):
        return "", "empty"
    if isinstance(value, bool):
        return ("true" if value else "false"), "boolean"
    if isinstance(value, int):
        return integer_cell(int(value))
    if isinstance(value, float):
        return float_text(float(value)), "float"
    if isinstance(value, str):
        return quoted(str(value)), "text"
    if hasattr(value, "isoformat"):
        return quoted(value.isoformat()), "text"
    if isinstance(value, (list, tuple, dict, set, frozenset)) or (
        numpy is not None and isinstance(value, numpy.ndarray)
    ):
        return quoted(json.dumps(plain_values(value), ensure_ascii=False)), "text"
    return quoted(str(value)), "text"


def narrow_float_text(value):
    """The shortest text that reads back as the same number in its own precision."""
    if not math.isfinite(value):
        return float_text(float(value))
    return float_text(float(value)) if value.dtype.itemsize >= 8 else str(value)


def plain_values(value):
    """Nested values as JSON knows them. What has no form there is null (not a number) or its text."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, dict):
        return {str(key): plain_values(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain_values(item) for item in value]
    if hasattr(value, "tolist"):
        return plain_values(value.tolist())
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def wider(one, other):
    if one == other or other == "empty":
        return one
    if one == "empty":
        return other
    return "float" if {one, other} == {"integer", "float"} else "text"


def list_rows(result):
    """Columns and rows of a list: dicts by their keys, anything else as `prediction`."""
    types = {}
    rows = []
    for element in result:
        fields = element.items() if isinstance(element, dict) else (("prediction", element),)
        row = {}
        for key, value in fields:
            name = str(key)
            row[name], kind = cell(value)
            types[name] = wider(types.get(name, "empty"), kind)
        rows.append(row)
    columns = [{"name": name, "type": kind} for name, kind in types.items()]
    names = list(types)
    return columns, (",".join([row.get(name, "") for name in names]) + "\n" for row in rows)


def frame_rows(frame):
    columns, cells = [], []
    for place, name in enumerate(unique_names(frame.columns)):
        texts, kind = series_cells(frame.iloc[:, place])
        columns.append({"name": name, "type": kind})
        cells.append(texts)
    return columns, (",".join(row) + "\n" for row in zip(*cells))


def series_cells(series):
    kind = getattr(series.dtype, "kind", "O")
    native = type(series.dtype).__module__.startswith("numpy")
    if native and kind == "f":
        values = series.tolist() if series.dtype.itemsize >= 8 else list(series.to_numpy())
        write = float_text if series.dtype.itemsize >= 8 else narrow_float_text
        return [write(value) for value in values], "float" if values else "empty"
    texts, widest = [], "empty"
    for value in series.astype(object).tolist():
        # Where values are objects pandas means "missing" by a float that is no number.
        text, of = ("", "empty") if type(value) is float and value != value else cell(value)
        texts.append(text)
        widest = wider(widest, of)
    return texts, widest


def unique_names(names):
    seen = set()
    for name in map(str, names):
        unique, count = name, 0
        while unique in seen:
            count += 1
            unique = "{}.{}".format(name, count)
        seen.add(unique)
        yield unique


def azure_rows(result, is_frame):
    """The bytes that Azure ML's append_row writes."""
    if is_frame:
        return [result.to_csv(sep=" ", header=False, index=False)]
    return (str(element) + "\n" for element in result)


def is_data_frame(result):
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(result, pandas.DataFrame)


def load_script(folder, script):
    sys.path[0] = folder
    file = os.path.join(folder, script)
    name = os.path.splitext(os.path.basename(script))[0]
    spec = importlib.util.spec_from_file_location(name, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def start(answers, request):
    """The script as a module, its init() done; None after an answer that says why not."""
    sys.argv[0] = os.path.join(request["folder"], request["script"])
    try:
        module = load_script(request["folder"], request["script"])
    except BaseException as error:
        answers.send({"type": "start-raised", "where": "import", **describe(error)})
        return None
    for name in ("init", "run"):
        if not callable(getattr(module, name, None)):
            answers.send({"type": "incomplete", "missing": name})
            return None
    try:
        module.init()
    except BaseException as error:
        answers.send({"type": "start-raised", "where": "init", **describe(error)})
        return None
    flush_output()
    answers.send({"type": "ready", "version": ".".join(map(str, sys.version_info[:3]))})
    return module


def run(answers, module, request):
    result = module.run(request["files"])
    is_frame = is_data_frame(result)
    if not is_frame and not isinstance(result, (list, tuple)):
        answers.send({"type": "bad-return", "returned": type(result).__name__})
        return
    columns = None
    form = request["form"]
    if form == "azure":
        answers.send_rows(azure_rows(result, is_frame))
    elif form == "cells":
        columns, rows = frame_rows(result) if is_frame else list_rows(result)
        answers.send_rows(rows if columns else [])
    flush_output()
    answers.send({"type": "returned", "length": len(result), "columns": columns})


def main(requests, answers):
    end_with_parent()
    module = start(answers, json.loads(requests.readline()))
    if module is None:
        flush_output()
        return
    for line in requests:
        request = json.loads(line)
        if request["type"] == "shutdown":
            break
        try:
            run(answers, module, request)
        except Exception as error:
            flush_output()
            answers.send({"type": "raised", **describe(error)})
    shutdown = getattr(module, "shutdown", None)
    if callable(shutdown):
        shutdown()


os.set_inheritable(3, False)
main(REQUESTS, Answers(4))
