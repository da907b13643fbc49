"""The value of ``--context``: a JSON object as it stands, ``@FILE``, or a path."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

_STARTS_OF_JSON = ("{", "[", '"')


def context_type(path_type: type[Any]) -> Any:
    """A parameter type that hands the host a path to read, whichever way the JSON was given.

    ``path_type`` is the host's own ``click.Path``, so that paths are refused in its words.
    """

    class ContextType(path_type):  # type: ignore[misc]  # the host brings its click
        name = "json"

        def convert(self, value: Any, param: Any, ctx: Any) -> Any:
            text = str(value).strip()
            if text.startswith(_STARTS_OF_JSON):
                return self._path_of_inline(text, param, ctx)
            path = super().convert(text.removeprefix("@"), param, ctx)
            self._refuse_other_than_object(Path(path), param, ctx)
            return path

        def _path_of_inline(self, text: str, param: Any, ctx: Any) -> str:
            try:
                content = json.loads(text)
            except ValueError as error:
                self.fail(f"it is not valid JSON: {error}.", param, ctx)
            if not isinstance(content, dict):
                self.fail("it must be a JSON object, e.g. '{\"users\": 20}'.", param, ctx)
            return _readable_path(content, ctx)

        def _refuse_other_than_object(self, path: Path, param: Any, ctx: Any) -> None:
            """Invalid JSON is left to the host, which reports it by itself."""
            try:
                content = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                return
            if not isinstance(content, dict):
                self.fail(f"'{path}' must hold a JSON object.", param, ctx)

    return ContextType(exists=True)


def _readable_path(content: dict[str, Any], ctx: Any) -> str:
    """A path under which ``content`` can be read until the command ends.

    The file has no name of its own, so nothing is left behind however the process ends.
    """
    file = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed when the command ends
    json.dump(content, file)
    file.flush()
    file.seek(0)
    ctx.call_on_close(file.close)
    return f"/dev/fd/{file.fileno()}"
