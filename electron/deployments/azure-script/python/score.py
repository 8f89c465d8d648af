"""
The scoring script of a batch deployment in Azure ML. It was made by Batchdeck, and gives the rows that Batchdeck gives.

What it does is data: scorer.json beside it holds the model's file, the columns, sizes and labels, all resolved. The
code in batchdeck_scorer/ is the same for every deployment. Azure calls `init` once in each worker, and `run` for each
mini-batch.
"""

import os
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)

from batchdeck_scorer.job import open_job  # noqa: E402 (Azure may start the script from another folder)

job = None


def init():
    global job
    job = open_job(os.path.join(here, "scorer.json"), os.environ["AZUREML_MODEL_DIR"])


def run(mini_batch):
    """
    The rows of the files that could be scored: file, row (from 1; 0 where an item is a file), and then the columns that
    the deployment's property `batchdeck.output` names. What failed is in errors/ of the output's folder.
    """
    return job.score(mini_batch, os.environ["AZUREML_BI_OUTPUT_PATH"])
