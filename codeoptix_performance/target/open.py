"""From settings to a target: an app that answers, and endpoints with requests ready to send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from codeoptix_performance.errors import StartFailure, TargetError
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.api_document import read_document_file
from codeoptix_performance.target.asking import Asker
from codeoptix_performance.target.compose import Composer
from codeoptix_performance.target.discovery import Discovery, Routes, discover
from codeoptix_performance.target.endpoint import Endpoint, Skipped
from codeoptix_performance.target.login import Login
from codeoptix_performance.target.login_search import FoundLogin, find_login
from codeoptix_performance.target.members_endpoints import as_member, entrances, open_to_others
from codeoptix_performance.target.own_references import with_own_references
from codeoptix_performance.target.probe import probe
from codeoptix_performance.target.start import StartedApp, start_app
from codeoptix_performance.target.target import Target
from codeoptix_performance.target.told_credentials import texts_of, told_in

_SECONDS_EACH = 5.0
_SECONDS_IN_ALL = 15.0
_NAMED_IN_SENTENCE = 3
_CREDENTIAL_HEADERS = frozenset({"authorization", "cookie", "x-api-key"})


@contextmanager
def open_target(settings: Settings) -> Iterator[Target]:
    """The app the settings name, running and answering, until the context ends.

    Raises ``TargetError`` if it cannot be brought under load, ``SettingsError`` if ``openapi``
    names a file without a document.
    """
    content = read_document_file(settings.openapi)
    if settings.url is not None:
        with _asker(settings, settings.url, None) as asker:
            _check_reachable(asker)
            probed = _exercise(settings, asker, (), content)
        yield Target(
            base_url=settings.url,
            description=f"app at {settings.url}",
            endpoints=probed.endpoints,
            skipped=probed.skipped,
            login=probed.login,
        )
        return
    with start_app(settings) as app:
        with _asker(settings, app.base_url, app) as asker:
            probed = _exercise(settings, asker, app.routes, content)
        yield Target(
            base_url=app.base_url,
            description=app.description,
            endpoints=probed.endpoints,
            skipped=probed.skipped,
            app=app,
            isolation=app.isolation,
            doorway=app.doorway,
            login=probed.login,
            statements=app.statements,
            start_seconds=app.start_seconds,
        )


def _asker(settings: Settings, base_url: str, app: StartedApp | None) -> Asker:
    return Asker(
        base_url,
        seconds_each=min(settings.request_timeout, _SECONDS_EACH),
        seconds_in_all=_SECONDS_IN_ALL,
        alive=lambda: app is None or app.exit() is None,
        doorway=app.doorway if app else None,
        verify_tls=settings.verify_tls,
    )


def _check_reachable(asker: Asker) -> None:
    answer = asker.get("/")
    if answer.cause is not None:
        sentence = f"Nothing answers at {asker.base_url}: {answer.cause}."
        raise TargetError(StartFailure("unreachable", sentence))


@dataclass(frozen=True, slots=True)
class _Exercised:
    """What was asked once and answered, what was not, and how users become known to the app."""

    endpoints: tuple[Endpoint, ...]
    skipped: tuple[Skipped, ...]
    login: Login | None


def _exercise(
    settings: Settings, asker: Asker, routes: Routes, content: Mapping[str, Any] | None
) -> _Exercised:
    discovery = discover(settings, asker, routes, content)
    with closing(discovery.schemas):
        return _exercise_found(settings, asker, discovery)


def _exercise_found(settings: Settings, asker: Asker, discovery: Discovery) -> _Exercised:
    found = _login(settings, discovery, asker)
    asker.signer = found.member if found else None
    own = as_member(discovery.operations, found)
    composer = Composer(discovery.schemas, discovery.known, asker, settings.seed)
    own_items = found is not None and found.login.has_own_users
    probed = probe(own.operations, composer, asker, own_items=own_items)
    endpoints, skipped = probed.endpoints, (*probed.skipped, *own.skipped, *discovery.skipped)
    if found is not None and own_items:
        endpoints = tuple(with_own_references(one, composer.items) for one in endpoints)
        checked = open_to_others(endpoints, asker, found.login)
        endpoints, skipped = checked.endpoints, (*checked.skipped, *skipped)
    if not endpoints:
        raise TargetError(StartFailure("nothing-to-load", _why_nothing(skipped)))
    if found is None:
        return _Exercised(endpoints, skipped, None)
    return _Exercised(entrances(endpoints, found), skipped, found.login)


def _login(settings: Settings, discovery: Discovery, asker: Asker) -> FoundLogin | None:
    """None too where the user says in headers what is to be sent."""
    named = {name.lower() for setting in settings.endpoints for name in setting.headers}
    if named & _CREDENTIAL_HEADERS:
        return None
    composer = Composer(discovery.schemas, discovery.known, asker, settings.seed)
    given = (f'{name} = "{value}"' for name, value in settings.env.items())
    told = told_in((*given, *texts_of(settings.code, settings.workspace)))
    return find_login(discovery, composer, asker, told)


def _why_nothing(skipped: tuple[Skipped, ...]) -> str:
    advice = "name what to load, and what to send, under endpoints"
    if not skipped:
        return (
            "No endpoint was found to put under load: no OpenAPI document, no routes, and no page "
            f"at /; {advice}."
        )
    first = "; ".join(f"{one.name} {one.reason}" for one in skipped[:_NAMED_IN_SENTENCE])
    rest = len(skipped) - _NAMED_IN_SENTENCE
    more = f" (and {rest} more)" if rest > 0 else ""
    return f"No endpoint could be exercised: {first}{more}; {advice}."
