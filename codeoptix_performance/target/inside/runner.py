"""Runs an app's entry file and, if it started no server itself, serves the app it defines."""

from __future__ import annotations

import importlib
import importlib.util
import os
import socket
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from types import ModuleType
from typing import Any, NoReturn

from . import find, imported, report, serve
from .ports import Port

_THREADS_SECONDS = 3.0
_INSIDE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib is slow here


def run(job: Mapping[str, Any]) -> None:
    """Runs the app of ``job``.

    Its keys are root, entry, module, run_as, attribute, arguments, port, report, statements.
    """
    if job["only_routes"]:
        _report_routes(job)
    port = Port(job["port"], lambda: report.write_routes(job["report"]))
    port.move_binds_of(socket.socket)
    imported.install(port, job["statements"])
    os.chdir(job["root"])
    sys.path.insert(0, job["root"])
    sys.argv = [job["entry"], *job["arguments"]]
    exit_code: Any = None
    try:
        module = _run_entry(job)
    except SystemExit as ending:
        module, exit_code = sys.modules["__main__"], ending.code
    except BaseException as error:  # noqa: BLE001 - whatever the app raises is the app's last word
        _print_without_our_frames(error)
        sys.exit(1)
    _wait_for_threads(port)
    if port.claimed is None:
        _serve_what_it_defines(module, job, exit_code)
    sys.exit(exit_code)


def _report_routes(job: Mapping[str, Any]) -> NoReturn:
    """Imports the app that another program will serve; threads it starts do not hold us up."""
    os.chdir(job["root"])
    sys.path.insert(0, job["root"])
    try:
        app = find.named(_run_entry(job), job["attribute"])
        report.write_routes(job["report"])
    except BaseException as error:  # noqa: BLE001 - its own server will tell it better
        sys.stderr.write(f"the route table could not be read: {error}\n")
    else:
        del app
    sys.stderr.flush()
    os._exit(0)


def _run_entry(job: Mapping[str, Any]) -> ModuleType:
    """The entry's module, after its code has run."""
    if job["run_as"] == "module":
        return importlib.import_module(job["module"])
    module = ModuleType("__main__")
    module.__file__ = job["entry"]
    if "." in job["module"]:
        spec = importlib.util.find_spec(job["module"])
        module.__spec__, module.__package__ = spec, spec.parent if spec else ""
    else:
        module.__dict__.update(__spec__=None, __package__=None, __cached__=None)
    with open(job["entry"], "rb") as file:  # noqa: PTH123 - pathlib is slow here
        code = compile(file.read(), job["entry"], "exec", dont_inherit=True)
    module.__dict__["__builtins__"] = __builtins__
    sys.modules["__main__"] = module
    exec(code, module.__dict__)  # noqa: S102 - running the app is what this process is for
    return module


def _serve_what_it_defines(module: ModuleType, job: Mapping[str, Any], exit_code: Any) -> None:
    try:
        attribute = job["attribute"]
        found = find.named(module, attribute) if attribute else find.app_of(module, job["root"])
        if found is not None:
            serve.serve(found, job["port"])
            return
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 - as above, from a factory or at server start
        _print_without_our_frames(error)
        sys.exit(1)
    if not exit_code and not _threads():
        report.write_no_app(job["report"])


def _wait_for_threads(port: Port) -> None:
    """An entry that ended may have left its server to a thread that is about to start it."""
    deadline = time.monotonic() + _THREADS_SECONDS
    while port.claimed is None and _threads() and time.monotonic() < deadline:
        time.sleep(0.02)


def _threads() -> list[threading.Thread]:
    """Those that keep the process alive, the main one aside."""
    main = threading.main_thread()
    return [thread for thread in threading.enumerate() if thread is not main and not thread.daemon]


def _print_without_our_frames(error: BaseException) -> None:
    trace = error.__traceback__
    while trace is not None and _is_ours(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    traceback.print_exception(type(error), error, trace)


def _is_ours(file: str) -> bool:
    return file.startswith((_INSIDE, "<frozen importlib")) or file == importlib.__file__
