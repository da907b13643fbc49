"""Words → Settings: defaults, precedence, names, and the sentence for each bad value."""

from __future__ import annotations

import json

import pytest

from codeoptix_performance.errors import SettingsError
from codeoptix_performance.settings.limits import Limit
from codeoptix_performance.settings.sources import environment_words, file_words, settings_from

LOOPBACK = "http://127.0.0.1:8000"


def kinds(settings):
    return [(it.source, it.statistic, it.value, it.each_endpoint) for it in settings.limits]


def test_the_website_profile_has_the_guides_figures():
    """Nothing said means the guide's website example."""
    settings = settings_from({}, profile="website")
    assert (10, 2.0, 30.0, (1.0, 3.0), 100) == (
        settings.users,
        settings.spawn_rate,
        settings.run_time,
        settings.wait_time,
        settings.min_requests,
    )
    assert [
        ("max_avg_response_time", "avg", 1.0, True),
        ("max_response_time", "max", 5.0, True),
        ("max_failure_rate", "rate", 0.01, True),
    ] == kinds(settings)


def test_the_api_profile_has_the_guides_figures():
    """Nothing said means the guide's API example, and its failure rate of 1 %."""
    settings = settings_from({}, profile="api")
    assert (20, 2.0, 30.0, (0.5, 2.0), 100) == (
        settings.users,
        settings.spawn_rate,
        settings.run_time,
        settings.wait_time,
        settings.min_requests,
    )
    assert [
        ("max_avg_response_time", "avg", 0.5, True),
        ("max_p95_response_time", "percentile", 1.0, True),
        ("max_failure_rate", "rate", 0.01, True),
    ] == kinds(settings)


@pytest.mark.parametrize("profile", ["website", "api"])
def test_the_guides_limits_are_kept_by_equality(profile):
    """The guide compares with ``>``, so a figure equal to its limit is fine."""
    assert {"<="} == {limit.operator for limit in settings_from({}, profile=profile).limits}


def test_the_guides_advanced_configuration_is_read_word_for_word():
    """``max_response_time: 500`` is a greatest response time of half a second."""
    settings = settings_from(
        {
            "url": "http://localhost:8000",
            "users": 50,
            "spawn_rate": 5,
            "run_time": "2m",
            "max_response_time": 500,
            "max_failure_rate": 0.01,
        },
        profile="website",
    )
    assert (50, 5.0, 120.0) == (settings.users, settings.spawn_rate, settings.run_time)
    assert ("max_response_time", "max", 0.5, True) in kinds(settings)
    assert settings.guide_limits_only


def test_given_times_are_told_from_default_ones():
    """Whoever plans the load may only lengthen what nobody asked for."""
    bare = settings_from({}, profile="api")
    asked = settings_from({"run_time": "8s", "wait_time": 1}, profile="api")
    assert (False, False) == (bare.run_time_given, bare.wait_time_given)
    assert (True, True) == (asked.run_time_given, asked.wait_time_given)


def test_numbers_may_come_as_text():
    """Environment variables and command lines know nothing but text."""
    settings = settings_from(
        {"users": "30", "spawn_rate": "4.5", "seed": "7", "max_response_time": "250"},
        profile="website",
    )
    assert (30, 4.5, 7) == (settings.users, settings.spawn_rate, settings.seed)
    assert ("max_response_time", "max", 0.25, True) in kinds(settings)


def test_null_switches_a_limit_off_and_leaves_other_keys_to_their_default():
    """``None`` is no value: for limits that means none, elsewhere the default."""
    settings = settings_from(
        {"max_p95_response_time": None, "users": None, "min_requests": None}, profile="api"
    )
    assert ["max_avg_response_time", "max_failure_rate"] == [it.source for it in settings.limits]
    assert (20, 0) == (settings.users, settings.min_requests)
    assert settings.guide_limits_only


def test_a_kind_of_limit_the_guide_does_not_have_leaves_the_guides_formula():
    """A greatest response time is no part of the guide's API example."""
    assert not settings_from({"max_response_time": 500}, profile="api").guide_limits_only
    assert not settings_from({"min_rps": 5}, profile="website").guide_limits_only


def test_a_threshold_on_all_requests_replaces_the_guides_limits_on_its_metric():
    """Own response time limits stand instead of the guide's; its failure rate stays."""
    settings = settings_from({"thresholds": {"http_req_duration": "p(95)<3000"}}, profile="api")
    assert ["max_failure_rate", "http_req_duration: p(95)<3000"] == [
        it.source for it in settings.limits
    ]


def test_a_threshold_on_one_endpoint_adds_to_the_guides_limits():
    """The other endpoints keep theirs."""
    settings = settings_from(
        {"thresholds": {"http_req_duration{name:/slow}": "p(95)<3000"}}, profile="api"
    )
    assert 4 == len(settings.limits)
    assert (
        Limit(
            source="http_req_duration{name:/slow}: p(95)<3000",
            metric="response_time",
            statistic="percentile",
            operator="<",
            value=3.0,
            percentile=95.0,
            endpoint="/slow",
        )
        == settings.limits[-1]
    )


def test_a_limit_asked_for_by_name_stands_beside_thresholds():
    """Only defaults step back for a threshold."""
    settings = settings_from(
        {"max_avg_response_time": 200, "thresholds": {"http_req_duration": "p(95)<3000"}},
        profile="api",
    )
    assert "max_avg_response_time" in [it.source for it in settings.limits]


def test_words_win_over_the_base():
    """The context is stronger than the config file, key by key."""
    settings = settings_from({"users": 5}, profile="api", base={"users": 9, "run_time": "9s"})
    assert (5, 9.0, True) == (settings.users, settings.run_time, settings.run_time_given)


def test_the_error_names_the_place_the_bad_value_came_from():
    """A bad value in the base is not blamed on the context."""
    with pytest.raises(SettingsError) as caught:
        settings_from({"run_time": 5}, profile="api", base=environment_words({"LOCUST_USERS": "0"}))
    assert 'LOCUST_USERS: users is "0"; it must be a whole number of at least 1.' == str(
        caught.value
    )
    assert "users" == caught.value.key


def test_the_hosts_and_other_peoples_keys_pass_in_a_context():
    """A context is shared by every behavior of the host."""
    words = {
        "plan": "p",
        "requirements": [],
        "files": {},
        "api_spec": {},
        "existing_code": "",
        "severity": "high",
        "enabled": True,
        "preferred_agent": "codex",
        "zebra": 1,
    }
    assert settings_from({}, profile="api") == settings_from(words, profile="api")


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("context: unknown setting 'user'; did you mean 'users'?", {"user": 5}),
        ("context: unknown setting 'run-time'; did you mean 'run_time'?", {"run-time": 5}),
        ("context: unknown setting 'threshold'; did you mean 'thresholds'?", {"threshold": {}}),
        ("context: users is 0; it must be a whole number of at least 1.", {"users": 0}),
        ("context: users is -1; it must be a whole number of at least 1.", {"users": -1}),
        ("context: users is 1.5; it must be a whole number of at least 1.", {"users": 1.5}),
        ("context: users is true; it must be a whole number of at least 1.", {"users": True}),
        (
            "context: spawn_rate is 0; it must be a number of users per second, above 0.",
            {"spawn_rate": 0},
        ),
        (
            (
                'context: run_time is "soon"; it must be a duration above 0 such as "30s", "2m", '
                '"1h30m", "250ms" or 45 (seconds).'
            ),
            {"run_time": "soon"},
        ),
        (
            (
                "context: max_response_time is -3; it must be a number of milliseconds above 0 or "
                'a duration such as "500ms" or "1.5s".'
            ),
            {"max_response_time": -3},
        ),
        (
            (
                "context: max_failure_rate is 5; it must be a ratio from 0 to 1 or a percentage "
                'such as "1%".'
            ),
            {"max_failure_rate": 5},
        ),
        (
            'context: url is "localhost:8000"; it has no scheme; write "http://localhost:8000".',
            {"url": "localhost:8000"},
        ),
        (
            (
                'context: url is "http://192.0.2.7"; only loopback addresses are put under load; '
                "set allow_remote to true if this host is yours to load."
            ),
            {"url": "http://192.0.2.7"},
        ),
        (
            (
                'context: thresholds[http_req_duration] is "p(101)<5"; the N of p(N) must be a '
                "number from 0 to 100."
            ),
            {"thresholds": {"http_req_duration": "p(101)<5"}},
        ),
        (
            (
                'context: endpoints[1].path is "users"; its path must start with / and hold no '
                'blanks, like "/api/users".'
            ),
            {"endpoints": ["GET /a", {"path": "users"}]},
        ),
        ('context: engine is "k6"; it must be auto or locust.', {"engine": "k6"}),
        (
            'context: workspace is "/nowhere/x"; it must be a folder or a file that exists.',
            {"workspace": "/nowhere/x"},
        ),
    ],
)
def test_a_bad_word_is_refused_in_one_sentence(sentence, words):
    """Origin, key, value and what is accepted; nothing of pydantic's."""
    with pytest.raises(SettingsError) as caught:
        settings_from(words, profile="api")
    assert sentence == str(caught.value)


def test_an_address_wins_over_a_workspace_that_is_not_there():
    """The host hands its agent a workspace; with a URL it is not ours to need."""
    settings = settings_from({"url": LOOPBACK, "workspace": "/nowhere/x"}, profile="api")
    assert LOOPBACK == settings.url


def test_a_remote_address_is_accepted_where_it_is_allowed():
    """``allow_remote`` needs no name service either."""
    words = {"url": "https://shop.invalid/", "allow_remote": True}
    assert "https://shop.invalid" == settings_from(words, profile="api").url


def test_locusts_host_variable_steps_back_where_an_app_is_named():
    """A file given on the command line is not overruled by an exported LOCUST_HOST."""
    base = environment_words({"LOCUST_HOST": LOOPBACK})
    assert settings_from({"code": "x = 1"}, profile="api", base=base).url is None
    assert LOOPBACK == settings_from({}, profile="api", base=base).url


def test_a_file_is_read_with_its_own_unknown_keys_refused(tmp_path):
    """A config file holds nobody else's keys, so an unknown one is a mistake."""
    path = tmp_path / "load.json"
    path.write_text(json.dumps({"users": 3, "zebra": 1}))
    with pytest.raises(SettingsError, match="unknown setting 'zebra'; known are url, command"):
        settings_from({}, profile="api", base=file_words(path))


def test_settings_that_are_no_object_are_refused():
    """A JSON list as context is one clear sentence."""
    with pytest.raises(SettingsError, match="context: settings must be an object"):
        settings_from(["users"], profile="api")
