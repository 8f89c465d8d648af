"""A deployment that scores: scorer.json and the model, opened once in a worker."""

import json
import os

import pandas

from .files import Endings, name_of
from .model import Model, constant_feeds
from .outcomes import write_failures
from .outputs import Outputs


def open_job(facts_file, model_folder):
    with open(facts_file, encoding="utf-8") as file:
        facts = json.load(file)
    place = model_file(model_folder, facts["model"])
    return Job(facts, place)


def model_file(folder, names):
    """
    The .onnx file in the folder of a registered model, in which the folder that was registered lies under its own name
    or another one.
    """
    if os.path.isfile(folder):
        return folder
    wanted = names["file"].split("/")
    for between in ([], [names["folder"]] if names["folder"] else []):
        place = os.path.join(folder, *between, *wanted)
        if os.path.isfile(place):
            return place
    for parent, folders, _ in os.walk(folder):
        folders.sort()
        place = os.path.join(parent, *wanted)
        if os.path.isfile(place):
            return place
    raise FileNotFoundError(f"The registered model holds no file {names['file']}.")


class Job:
    def __init__(self, facts, place):
        scorer = facts["scorer"]
        self.columns = ["file", "row", *facts["columns"]]
        self.escapes_formulas = facts["formulas"] == "escape"
        self.endings = Endings(facts["endings"])
        self.results = results_of(scorer)
        self.model = Model(place, self.results.names, constant_feeds(scorer), facts["workers"])
        self.items = items_of(facts, scorer, os.path.dirname(place))

    def score(self, mini_batch, output_folder):
        files = [path for path in mini_batch if self.is_read(path)]
        rows, failures = self.items.score(self.model, self.results, files)
        names = [name_of(path) for path in mini_batch]
        write_failures(output_folder, names, failures, self.escapes_formulas)
        return pandas.DataFrame(rows, columns=self.columns, dtype=object)

    def is_read(self, path):
        """
        Whether a file is one of the scorer's kind: by its ending, and without one that says anything by its content.
        """
        name = name_of(path)
        if self.endings.is_hidden(name):
            return False
        if self.endings.is_read(name):
            return True
        return not self.endings.is_other(name) and self.items.is_seen_to_be_read(path, name)


def results_of(scorer):
    """What makes rows of what comes out of the model."""
    if "detections" in scorer:
        from .boxes import Boxes

        return Boxes(scorer)
    return Outputs(scorer)


def items_of(facts, scorer, model_folder):
    """What reads the items of this kind of scorer; only its libraries are loaded."""
    if scorer["kind"] == "image":
        from .images import PictureItems

        return PictureItems(scorer, facts["batch"])
    if scorer["kind"] == "text":
        from .texts import text_items

        return text_items(scorer, facts, model_folder)
    from .rows import TableItems

    return TableItems(scorer, facts)
