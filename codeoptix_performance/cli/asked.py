"""Everything the user said, in all places → Settings. Strongest first: flags, file, environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, cast, get_args

from codeoptix_performance.cli.named_app import app_words
from codeoptix_performance.cli.setting_options import words_of
from codeoptix_performance.errors import SettingsError, UsageError
from codeoptix_performance.settings.settings import Profile, Settings
from codeoptix_performance.settings.sources import environment_words, file_words, settings_from
from codeoptix_performance.settings.words import Words

PROFILES: tuple[Profile, ...] = get_args(Profile)
_DEFAULT_PROFILE: Profile = "api"
_APP_KEYS = ("url", "command", "workspace", "code")


def asked_settings(
    target: str | None,
    given: Mapping[str, Any],
    *,
    host: str | None,
    config: str | None,
    profile: str | None,
) -> Settings:
    """Complete settings from TARGET, the options ``given``, the config file and LOCUST_*.

    Raises ``UsageError`` with one sentence when they cannot be used or name no app.
    """
    flags = words_of(given)
    named = app_words(target, host, flags.get("command"))
    said = Words.of({**flags, **named}, "command line", strict=True)
    file = file_words(config) if config else Words.of({}, "config")
    profile = profile or file.get("profile") or _DEFAULT_PROFILE
    weaker = _without_other_apps(file.without("profile").over(environment_words(os.environ)), said)
    words = said.over(weaker)
    _check_profile(profile)
    says_how = any(words.get(key) is not None for key in ("command", "app"))
    if says_how and not any(words.get(key) for key in ("url", "workspace", "code")):
        words = Words.of({"workspace": "."}, "command line", strict=True).over(words)
    if not any(words.get(key) is not None for key in _APP_KEYS):
        raise UsageError("Name what is to be checked: a URL, a file, a folder, or - for stdin.")
    return settings_from(words, profile=cast("Profile", profile), origin="command line")


def _without_other_apps(weaker: Words, said: Words) -> Words:
    """``weaker`` without the app it names, where the command line names one.

    A folder on the command line keeps the command of the file: it is where the command runs.
    """
    named = {key for key in _APP_KEYS if key in said}
    for strong, weak in (("app", "command"), ("command", "app")):
        weaker = weaker.without(weak) if strong in said else weaker
    if not named:
        return weaker
    kept = {"command"} if named == {"workspace"} else {"workspace"} if named == {"command"} else ()
    for key in _APP_KEYS:
        if key in weaker and key not in kept:
            weaker = weaker.without(key)
    return weaker


def _check_profile(profile: Any) -> None:
    if profile not in PROFILES:
        accepted = " or ".join(PROFILES)
        raise SettingsError("profile", f"profile is {profile!r}; it must be {accepted}.")
