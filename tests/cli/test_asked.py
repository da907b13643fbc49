"""Who wins: flags, then the config file, then Locust's variables, then the guide's defaults."""

from pathlib import Path

import pytest

from codeoptix_performance.cli.asked import asked_settings
from codeoptix_performance.errors import SettingsError, UsageError

URL = "http://127.0.0.1:8000"


def asked(target=None, *, host=None, config=None, profile=None, **given):
    """The settings of a command line with ``given`` options."""
    return asked_settings(target, given, host=host, config=config, profile=profile)


@pytest.fixture
def config(tmp_path):
    """Writes a config file and tells its path."""

    def write(text):
        path = tmp_path / "performance.yaml"
        path.write_text(text)
        return str(path)

    return write


def test_without_any_words_the_defaults_hold():
    """The guide's API figures."""
    assert (20, 2.0, 30.0) == (asked(URL).users, asked(URL).spawn_rate, asked(URL).run_time)


def test_locust_variables_win_over_defaults(monkeypatch):
    """All four are read."""
    monkeypatch.setenv("LOCUST_HOST", URL)
    monkeypatch.setenv("LOCUST_USERS", "3")
    monkeypatch.setenv("LOCUST_SPAWN_RATE", "4")
    monkeypatch.setenv("LOCUST_RUN_TIME", "5s")
    settings = asked()

    assert (URL, 3, 4.0, 5.0) == (
        settings.url,
        settings.users,
        settings.spawn_rate,
        settings.run_time,
    )


def test_the_file_wins_over_variables_and_flags_over_the_file(monkeypatch, config):
    """Each key is decided by itself."""
    monkeypatch.setenv("LOCUST_USERS", "3")
    monkeypatch.setenv("LOCUST_RUN_TIME", "3s")
    settings = asked(URL, config=config("users: 4\nspawn_rate: 4\n"), spawn_rate="5")

    assert (4, 5.0, 3.0) == (settings.users, settings.spawn_rate, settings.run_time)


def test_the_app_named_on_the_command_line_is_the_only_one(monkeypatch, config, tmp_path):
    """A URL in the file or in LOCUST_HOST does not win over TARGET."""
    monkeypatch.setenv("LOCUST_HOST", "http://127.0.0.1:1")
    settings = asked(str(tmp_path), config=config("url: http://127.0.0.1:2\n"))

    assert (None, tmp_path) == (settings.url, settings.workspace)


def test_a_folder_keeps_the_command_of_the_file(config, tmp_path):
    """The folder is where the command runs."""
    settings = asked(str(tmp_path), config=config("command: python serve.py\n"))

    assert ("python serve.py", tmp_path) == (settings.command, settings.workspace)


def test_a_command_alone_runs_in_the_current_folder():
    """As a person who types it there expects."""
    assert Path() == asked(None, command="python serve.py {port}").workspace


def test_an_app_object_alone_is_one_of_the_current_folder():
    """As a command is."""
    settings = asked(None, app="shop.main:app")

    assert ("shop.main:app", Path()) == (settings.app, settings.workspace)


def test_the_command_line_says_how_the_app_starts(config, tmp_path):
    """A command there replaces the object in the file, and the other way round."""
    by_command = asked(str(tmp_path), config=config("app: main:app\n"), command="python serve.py")
    by_object = asked(str(tmp_path), config=config("command: python serve.py\n"), app="main:app")

    assert ("python serve.py", None) == (by_command.command, by_command.app)
    assert (None, "main:app") == (by_object.command, by_object.app)


def test_a_url_replaces_the_command_of_the_file(config):
    """Nothing is started for an app that runs."""
    assert asked(URL, config=config("command: python serve.py\n")).command is None


def test_the_profile_may_stand_in_the_file(config):
    """A flag wins over it."""
    path = config("profile: website\n")

    assert 10 == asked(URL, config=path).users
    assert 20 == asked(URL, config=path, profile="api").users


def test_an_unknown_profile_in_the_file_is_refused(config):
    """The sentence names what is accepted."""
    with pytest.raises(SettingsError, match="it must be website or api"):
        asked(URL, config=config("profile: batch\n"))


def test_an_unknown_key_in_the_file_is_refused(config):
    """Nobody else's keys stand in a file that was named to us."""
    with pytest.raises(SettingsError, match="unknown setting 'colour'"):
        asked(URL, config=config("colour: red\n"))


def test_no_app_at_all_is_refused(config):
    """Load without an app is a mistake in the words."""
    with pytest.raises(UsageError, match="Name what is to be checked"):
        asked(config=config("users: 4\n"))
