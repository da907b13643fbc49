"""Import names and the distributions that bring them."""

import pytest

from codeoptix_performance.target.environment.distributions import distributions_of
from codeoptix_performance.target.source import SourceFile

KNOWN = {
    "flask": ("flask",),
    "yaml": ("PyYAML",),
    "PIL": ("pillow",),
    "jwt": ("PyJWT",),
    "dotenv": ("python-dotenv",),
    "sqlalchemy.orm": ("sqlalchemy",),
    "google.cloud.storage.Client": ("google-cloud-storage",),
    "some_package": ("some-package",),
}


@pytest.mark.parametrize(("module", "expected"), KNOWN.items(), ids=KNOWN)
def test_a_module_has_its_distribution(module, expected):
    """Where nothing else is known, they are called alike."""
    assert expected == distributions_of(frozenset({module}))


def test_an_asgi_app_without_a_server_gets_one():
    """Its framework brings none."""
    assert ("fastapi", "uvicorn") == distributions_of(frozenset({"fastapi"}))
    assert ("fastapi", "hypercorn") == distributions_of(frozenset({"fastapi", "hypercorn"}))


def test_what_a_name_cannot_work_without_comes_along():
    """Frameworks complain only when a form is declared."""
    found = distributions_of(frozenset({"fastapi", "fastapi.Form", "uvicorn"}))

    assert ("fastapi", "python-multipart", "uvicorn") == found


def test_the_driver_in_a_databases_address_comes_along():
    """It is imported by name, out of a string."""
    files = (SourceFile("db.py", 'URL = "sqlite+aiosqlite:///./x.db"'),)

    assert ("aiosqlite", "sqlalchemy") == distributions_of(frozenset({"sqlalchemy"}), files)
