"""docs/settings.md: every key, every default, and examples that are accepted."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from codeoptix_performance.errors import SettingsError
from codeoptix_performance.settings.sources import _READERS, settings_from
from codeoptix_performance.settings.thresholds import _METRICS
from codeoptix_performance.settings.words import _ENVIRONMENT

PAGE = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*_READERS, *_METRICS, *_ENVIRONMENT])
def test_every_name_is_documented(name):
    """A key that is not on the page does not exist for anybody."""
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("profile", ["website", "api"])
def test_the_defaults_on_the_page_are_accepted_and_are_the_defaults(profile):
    """Writing a default down changes nothing but that it was given."""
    column = {"website": 1, "api": 2}[profile]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in PAGE.splitlines()
        if re.match(r"\| `[a-z_0-9]+` \|(.*\|){3}$", line)
    ]
    written = {row[0].strip("`"): yaml.safe_load(row[column].strip("`")) for row in rows}
    words = {key: value for key, value in written.items() if value != "none"}
    assert {"users", "wait_time", "min_requests", "max_failure_rate"} <= set(words)
    given = {f"{key}_given": False for key in ("users", "spawn_rate", "run_time", "wait_time")}
    said = settings_from(words, profile=profile).model_copy(update=given)
    assert settings_from({}, profile=profile) == said


def test_the_yaml_example_is_accepted():
    """What stands on the page can be copied."""
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    settings = settings_from(yaml.safe_load(example), profile="api")
    assert ["GET /api/items"] == [limit.endpoint for limit in settings.limits if limit.endpoint]


def test_the_toml_example_is_accepted():
    """What stands on the page can be copied."""
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    words = tomllib.loads(example)["tool"]["codeoptix-performance"]
    assert 2 == len(settings_from(words, profile="api").endpoints)


def test_the_refusals_on_the_page_are_the_real_ones():
    """The sentence for a bad value, word for word."""
    with pytest.raises(SettingsError) as caught:
        settings_from({"users": 0}, profile="api")
    assert str(caught.value) in PAGE
