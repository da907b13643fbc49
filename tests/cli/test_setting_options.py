"""The table of options and the settings it carries."""

import pytest

from codeoptix_performance.cli.setting_options import SETTING_OPTIONS, words_of
from codeoptix_performance.errors import SettingsError
from codeoptix_performance.settings import sources

NAMED_BY_TARGET = {"url", "workspace", "code"}


def test_every_setting_has_an_option_and_every_option_a_setting():
    """What says where the app comes from is TARGET's business; all else is in the table."""
    assert set(sources._READERS) - NAMED_BY_TARGET == {option.key for option in SETTING_OPTIONS}


def test_options_are_called_like_their_settings():
    """Who knows the setting knows the option; lists are given one by one."""
    singular = {"endpoints": "--endpoint", "stages": "--stage", "thresholds": "--threshold"}
    expected = [
        singular.get(option.key, f"--{option.key.replace('_', '-')}") for option in SETTING_OPTIONS
    ]

    assert expected == [option.flags[-1] for option in SETTING_OPTIONS]


def test_short_names_are_those_of_locust():
    """-u, -r and -t, as in every Locust command line."""
    assert {"users": "-u", "spawn_rate": "-r", "run_time": "-t"} == {
        option.key: option.flags[0] for option in SETTING_OPTIONS if len(option.flags) == 2
    }


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"users": None, "endpoints": (), "allow_remote": None}, {}, id="not given"),
        pytest.param({"users": "20"}, {"users": "20"}, id="text stays text"),
        pytest.param({"allow_remote": True}, {"allow_remote": True}, id="flag"),
        pytest.param({"wait_time": "1s"}, {"wait_time": "1s"}, id="one pause"),
        pytest.param({"wait_time": "0.5, 2"}, {"wait_time": ["0.5", "2"]}, id="two pauses"),
        pytest.param({"min_rps": "50"}, {"min_rps": "50"}, id="limit"),
        pytest.param({"min_rps": "OFF"}, {"min_rps": None}, id="limit switched off"),
        pytest.param({"endpoints": ("GET /",)}, {"endpoints": ["GET /"]}, id="list"),
        pytest.param({"setup": ("a b", "c")}, {"setup": ["a b", "c"]}, id="commands"),
        pytest.param(
            {"env": ("A=1", "B=x=y", "C=")}, {"env": {"A": "1", "B": "x=y", "C": ""}}, id="table"
        ),
        pytest.param(
            {
                "thresholds": (
                    "http_req_duration{name:GET /items/{id}}: p(95)<500",
                    "http_reqs:count>100",
                    "http_reqs: rate>5",
                )
            },
            {
                "thresholds": {
                    "http_req_duration{name:GET /items/{id}}": ["p(95)<500"],
                    "http_reqs": ["count>100", "rate>5"],
                }
            },
            id="thresholds by metric",
        ),
    ],
)
def test_what_was_given_becomes_words(given, expected):
    """Only what was said is passed on, in the form settings read."""
    assert expected == words_of(given)


def test_a_threshold_without_a_metric_is_refused():
    """The sentence shows how one looks."""
    with pytest.raises(SettingsError, match="a metric, a colon and an expression"):
        words_of({"thresholds": ("p(95)<500",)})


def test_a_variable_without_a_value_is_refused():
    """The sentence shows what was written."""
    with pytest.raises(SettingsError, match=r"^--env 'DEBUG' must be a name, '=' and a value"):
        words_of({"env": ("DEBUG",)})
