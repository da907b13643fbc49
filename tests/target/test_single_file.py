"""A Python file that was named, and what belongs to it."""

import pytest

from codeoptix_performance.target.sandbox.limits import Limits
from codeoptix_performance.target.single_file import single_file


@pytest.fixture
def make(tmp_path):
    """Writes files by path below a folder, and finds what belongs to the first."""

    def write(**texts):
        for path, text in texts.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        return single_file(tmp_path / next(iter(texts)))

    return write


def paths_of(one):
    return sorted(entry.relative_to(one.root).as_posix() for entry in one.entries)


def test_a_file_brings_what_it_imports_and_names(make):
    """Directly or not, and nothing else that lies beside it."""
    one = make(
        **{
            "app.py": "import db\nopen('seed.json')\n",
            "db.py": "from store import x\n",
            "store/x.py": "",
            "seed.json": "{}",
            "templates/a.html": "",
            "other.py": "",
        }
    )

    assert ["app.py", "db.py", "seed.json", "store", "templates"] == paths_of(one)
    assert "app.py" == one.path


def test_a_file_of_a_package_brings_the_package(make):
    """From the folder above the outermost one, with what the package imports from there."""
    one = make(
        **{
            "shop/api/main.py": "from ..db import x\nfrom .routes import y\n",
            "shop/__init__.py": "",
            "shop/api/__init__.py": "",
            "shop/api/routes.py": "import config\n",
            "shop/db.py": "x = 1\n",
            "config.py": "",
            "other.py": "",
        }
    )

    assert "shop/api/main.py" == one.path
    assert {"shop/api/main.py", "shop", "config.py"} <= set(paths_of(one))
    assert "other.py" not in paths_of(one)
    assert {"shop/db.py", "config.py"} <= {file.path for file in one.files()}


def test_a_relative_import_is_enough_to_be_in_a_package(make):
    """A folder without ``__init__.py`` is one as well."""
    one = make(**{"shop/main.py": "from .db import x\n", "shop/db.py": "x = 1\n", "y.py": ""})

    assert "shop/main.py" == one.path
    assert ["shop/db.py", "shop/main.py"] == paths_of(one)


def test_an_import_by_the_folders_own_name_is_too(make):
    """As of a file that is run with ``python -m shop.main``."""
    one = make(**{"shop/main.py": "from shop.db import x\n", "shop/db.py": "x = 1\n"})

    assert "shop/main.py" == one.path
    assert "shop/db.py" in {file.path for file in one.files()}


def test_a_copy_has_everything_in_its_place(make, tmp_path):
    """Caches and environments stay behind."""
    one = make(
        **{
            "shop/main.py": "from .db import x\n",
            "shop/__init__.py": "",
            "shop/db.py": "x = 1\n",
            "shop/__pycache__/x.pyc": "",
            "shop/env/pyvenv.cfg": "",
        }
    )
    one.copy(tmp_path / "copy", Limits())

    copied = [p.relative_to(tmp_path / "copy") for p in (tmp_path / "copy").rglob("*")]
    files = sorted(path.as_posix() for path in copied if path.suffix)
    assert ["shop/__init__.py", "shop/db.py", "shop/main.py"] == files


def test_a_home_is_no_part_of_an_app(make, tmp_path, monkeypatch):
    """Whatever a file imports or names: a home is its user's, and so is what lies hidden."""
    monkeypatch.setenv("HOME", str(tmp_path / "home" / "me"))
    text = "from ... import x\nimport me\nopen('.ssh/id_rsa')\nopen('.env')\n"
    keys = {"home/me/.ssh/id_rsa": "", "home/me/.env": "", "home/me/work/db.py": ""}

    above = make(**{"home/me/work/app.py": text, **keys})
    within = make(**{"home/me/app.py": text, **keys})

    assert ["app.py"] == paths_of(above)
    assert [".env", "app.py"] == paths_of(within)
