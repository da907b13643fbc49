"""What ``check`` asks for and what it hands out."""

import io
import json

import pytest

from codeoptix_performance.cli.main import run

URL = "http://127.0.0.1:8000"


@pytest.mark.usefixtures("assess")
def test_the_page_goes_to_standard_output(capsys):
    """Nothing else is written where nobody watches."""
    assert 0 == run(["check", URL])
    out, err = capsys.readouterr()

    assert "PASS, score 1.00" == out.splitlines()[0]
    assert "  - Every limit held." in out.splitlines()
    assert "" == err


@pytest.mark.usefixtures("assess")
def test_json_has_standard_output_to_itself(capsys):
    """The page stays readable in a log, on standard error."""
    assert 0 == run(["check", URL, "--json"])
    out, err = capsys.readouterr()

    assert "pass" == json.loads(out)["outcome"]
    assert "PASS, score 1.00" == err.splitlines()[0]


@pytest.mark.usefixtures("assess")
def test_csv_files_are_written_under_the_prefix(tmp_path):
    """The folder is made."""
    assert 0 == run(["check", URL, "--csv", str(tmp_path / "out" / "run")])

    assert [
        "run_exceptions.csv",
        "run_failures.csv",
        "run_stats.csv",
        "run_stats_history.csv",
    ] == sorted(path.name for path in (tmp_path / "out").iterdir())


@pytest.mark.usefixtures("assess")
def test_a_verdict_whose_csv_could_not_be_written_is_still_shown(tmp_path, capsys):
    """The page comes first, the sentence about the file last; the code is no pass."""
    (tmp_path / "run_stats.csv").mkdir()

    assert 3 == run(["check", URL, "--csv", str(tmp_path / "run")])
    out, err = capsys.readouterr()
    assert out.startswith("PASS")
    assert err.startswith("Error: --csv: ")


@pytest.mark.parametrize(
    "arguments",
    [["check", URL], ["check", "-H", URL], ["check", "--host", URL], ["check", URL, "--headless"]],
    ids=["TARGET", "-H", "--host", "--headless changes nothing"],
)
def test_an_app_that_runs_is_named_as_in_locust(assess, arguments):
    """TARGET and Locust's option mean the same."""
    assert 0 == run(arguments)
    assert URL == assess.asked[0].url


def test_an_answer_is_read_from_standard_input(assess, monkeypatch):
    """A dash takes what an agent wrote from a pipe."""
    monkeypatch.setattr("sys.stdin", io.StringIO("app = 1\n"))

    assert 0 == run(["check", "-"])
    assert "app = 1\n" == assess.asked[0].code


def test_options_become_settings(assess):
    """Locust's short names, limits, endpoints and thresholds arrive together."""
    words = ["-u", "7", "-r", "3.5", "-t", "1m", "--wait-time", "0,1s", "--seed", "4"]
    words += ["--endpoint", "GET /a", "--endpoint", "POST /b", "--max-avg-response-time", "off"]
    words += ["--max-p95-response-time", "250", "--threshold", "http_req_failed: rate<0.5"]

    assert 0 == run(["check", URL, *words])
    asked = assess.asked[0]
    assert (7, 3.5, 60.0, (0.0, 1.0), 4) == (
        asked.users,
        asked.spawn_rate,
        asked.run_time,
        asked.wait_time,
        asked.seed,
    )
    assert [("GET", "/a"), ("POST", "/b")] == [(e.method, e.path) for e in asked.endpoints]
    assert [("max_p95_response_time", 0.25), ("http_req_failed: rate<0.5", 0.5)] == [
        (limit.source, limit.value) for limit in asked.limits
    ]


@pytest.mark.parametrize(
    ("profile", "users"), [(None, 20), ("api", 20), ("website", 10)], ids=["none", "api", "website"]
)
def test_the_profile_decides_what_holds_otherwise(assess, profile, users):
    """Without one it is that of an API."""
    assert 0 == run(["check", URL, *(["--profile", profile] if profile else [])])
    assert users == assess.asked[0].users
