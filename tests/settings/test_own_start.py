"""Settings that say how an app of ours is started, beside its command."""

import pytest

from codeoptix_performance.errors import SettingsError
from codeoptix_performance.settings.sources import settings_from

ACCEPTED = {
    "an app": ("app", "main:app", "main:app"),
    "an app in a package": ("app", " shop.main:api.app ", "shop.main:api.app"),
    "a factory": ("app", "shop:create_app()", "shop:create_app()"),
    "one set-up command": ("setup", "python manage.py migrate", ("python manage.py migrate",)),
    "several": ("setup", ["a b", " c "], ("a b", "c")),
    "no set-up": ("setup", [], ()),
    "variables": (
        "env",
        {"KEY": "a b", "N": 3, "F": 0.5, "YES": True, "NO": False, "EMPTY": ""},
        {"KEY": "a b", "N": "3", "F": "0.5", "YES": "true", "NO": "false", "EMPTY": ""},
    ),
    "a path": ("ready_path", "/health?deep=1", "/health?deep=1"),
    "an environment": ("environment", "uv", "uv"),
}


@pytest.mark.parametrize(("key", "value", "expected"), ACCEPTED.values(), ids=ACCEPTED)
def test_a_value_is_read(key, value, expected):
    """In the forms that JSON, YAML and TOML have for it."""
    assert expected == getattr(settings_from({key: value}, profile="api"), key)


@pytest.mark.parametrize("key", ["app", "setup", "env", "ready_path", "environment"])
def test_nothing_is_as_if_it_were_not_given(key):
    """The default holds."""
    assert settings_from({}, profile="api") == settings_from({key: None}, profile="api")


REFUSED = {
    "a file": ({"app": "main.py"}, 'app is "main.py"; it must be a module and the app in it'),
    "a command as app": ({"app": "python main:app"}, "it must be a module and the app in it"),
    "no table": ({"env": "A=1"}, 'env is "A=1"; it must be a table of names and values'),
    "a bad name": ({"env": {"A-B": "1"}}, 'env is "A-B"; its names must be letters'),
    "a name of ours": (
        {"env": {"CODEOPTIX_PERFORMANCE_AUTOLOAD": "1"}},
        "and not begin with CODEOPTIX_PERFORMANCE_",
    ),
    "a nested table": ({"env": {"A": {}}}, "env.A is {}; it must be a text, a number"),
    "nothing as a value": ({"env": {"A": None}}, "env.A is null; it must be a text, a number"),
    "no command": ({"setup": 3}, "setup is 3; it must be a command line"),
    "a command among others": ({"setup": ["a", 3]}, "it must be a command line"),
    "an open quotation": (
        {"setup": ["a", "b 'c"]},
        'setup[1] is "b \'c"; it cannot be read as a command line (No closing quotation)',
    ),
    "an empty command": ({"setup": " "}, 'setup is " "; it must name a program'),
    "no path": ({"ready_path": "health"}, 'ready_path is "health"; it must be a path of the app'),
    "a path with a blank": ({"ready_path": "/a b"}, "it must be a path of the app"),
    "another environment": (
        {"environment": "conda"},
        'environment is "conda"; it must be auto, current or uv.',
    ),
    "two starts": (
        {"app": "main:app", "command": "python main.py"},
        'app is "main:app"; the command already says what is started, so give one of them.',
    ),
}


@pytest.mark.parametrize(("words", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_bad_value_is_refused_with_what_is_accepted(words, sentence):
    """Before anything is started."""
    with pytest.raises(SettingsError) as caught:
        settings_from(words, profile="api")

    assert str(caught.value).startswith("context: ")
    assert sentence in str(caught.value)
