"""What the app's interpreter executes: ``python start.py JOB``, where JOB is a JSON object."""

import sys

sys.path.pop(0)  # this folder; an app's own ``routes.py`` must not be mistaken for ours

import importlib.util
import json
import os

FOLDER = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib is slow here
NAME = "_codeoptix_inside"


def main() -> None:
    """Loads the folder as a package with a name of its own, and runs the app."""
    spec = importlib.util.spec_from_file_location(
        NAME,
        os.path.join(FOLDER, "__init__.py"),  # noqa: PTH118
        submodule_search_locations=[FOLDER],
    )
    if spec is None or spec.loader is None:
        sys.exit(f"{FOLDER} cannot be loaded")
    package = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = package
    spec.loader.exec_module(package)
    runner = importlib.import_module(f"{NAME}.runner")
    runner.run(json.loads(sys.argv[1]))


if __name__ == "__main__":
    main()
