"""
Runs a scoring script as a worker of Azure ML does: init() once, run() for each mini-batch, and what it returns as Azure
appends it.
"""

import importlib.util
import json
import os
import sys

import pandas

code, output, *mini_batches = json.loads(sys.argv[1])
spec = importlib.util.spec_from_file_location("score", os.path.join(code, "score.py"))
script = importlib.util.module_from_spec(spec)
spec.loader.exec_module(script)
script.init()
with open(os.path.join(output, "predictions.csv"), "w", encoding="utf-8", newline="") as file:
    for mini_batch in mini_batches:
        result = script.run(mini_batch)
        assert isinstance(result, pandas.DataFrame), type(result)
        assert list(result.columns[:2]) == ["file", "row"]
        result.to_csv(file, sep=" ", header=False, index=False)
