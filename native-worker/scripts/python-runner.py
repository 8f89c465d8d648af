"""Runs a scoring script by Azure ML's contract, for one worker. What it returned becomes rows in python-rows.py.

The worker sends requests as JSON lines over file descriptor 3 and gets answers as JSON lines over 4; an answer of the
type "rows" is followed by that many bytes. The script's own stdin is empty, its stdout and stderr stay its own.
"""

import importlib.util
import json
import logging
import os
import sys
import threading
import traceback
import types

RUNNER_NAME = "batchdeck-runner"
CHUNK_CHARACTERS = 1 << 18


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


class LastResort(logging.Handler):
    """
    Takes what the script logs for as long as it sets up nothing else: a handler of the root logger would stand in the way of
    its own logging.basicConfig().
    """

    def emit(self, record):
        try:
            sys.stderr.write(self.format(record) + "\n")
        except Exception:
            self.handleError(record)


def start_logging(level):
    """Loggers without a level of their own have that of the deployment."""
    logging.lastResort = LastResort()
    logging.lastResort.setFormatter(logging.Formatter(logging.BASIC_FORMAT))
    logging.getLogger().setLevel(level.upper())


class EntryScript:
    """What Azure ML gives its scripts as azureml_user.parallel_run.EntryScript, as far as it is about logging."""

    @property
    def logger(self):
        return logging.getLogger("azureml_user.parallel_run")


def offer_azure_logger():
    """Unless there is such a module among the installed ones or beside the script."""
    if importlib.util.find_spec("azureml_user") is not None:
        return
    package = types.ModuleType("azureml_user")
    package.__path__ = []
    package.parallel_run = types.ModuleType("azureml_user.parallel_run")
    package.parallel_run.EntryScript = EntryScript
    sys.modules["azureml_user"] = package
    sys.modules["azureml_user.parallel_run"] = package.parallel_run


def load_script(folder, script):
    """
    What lies beside the script is found before what lies in the folder of the code. A script in a folder of it is a module of
    the package that this folder is, and is known by its own name, too, as one that lies above is.
    """
    file = os.path.join(folder, script)
    beside = os.path.dirname(file)
    sys.path[0:1] = [folder] if beside == os.path.normpath(folder) else [beside, folder]
    offer_azure_logger()
    name = os.path.splitext(os.path.basename(script))[0]
    package = os.path.relpath(beside, folder).replace(os.sep, ".").strip(".")
    spec = importlib.util.spec_from_file_location(package + "." + name if package else name, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def start(answers, request):
    """The script as a module, its init() done; None after an answer that says why not."""
    sys.argv[0] = os.path.join(request["folder"], request["script"])
    start_logging(request["logging_level"])
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
    returned = module.run(request["files"])
    is_frame = is_data_frame(returned)
    result = returned if is_frame else as_list(returned)
    if result is None:
        answers.send({"type": "bad-return", "returned": type(returned).__name__})
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
