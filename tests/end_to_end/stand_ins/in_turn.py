"""Runs commands of the host one after the other, as its own script runs one.

Reads a JSON list of ``{"folder", "words", "environment", …}``, and writes one of their exit codes
and outputs.
"""

import contextlib
import io
import json
import os
import sys
import traceback

from codeoptix.cli import main


def ended(command):
    out, err = io.StringIO(), io.StringIO()
    before = dict(os.environ)
    os.chdir(command["folder"])
    os.environ.update(command["environment"])
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = code_of(command["words"])
    os.environ.clear()
    os.environ.update(before)
    return {"returncode": code, "stdout": out.getvalue(), "stderr": err.getvalue()}


def code_of(words):
    try:
        main(words, prog_name="codeoptix")
    except SystemExit as end:
        return end.code or 0
    except Exception:  # noqa: BLE001 - as Python itself tells of it
        traceback.print_exc()
        return 1
    return 0


answers = [ended(command) for command in json.load(sys.stdin)]
json.dump(answers, sys.stdout)
