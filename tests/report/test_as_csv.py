"""Locust's files: its columns, our figures, to the letter."""

import csv
from io import StringIO

import pytest

from codeoptix_performance.report.as_csv import (
    EXCEPTIONS,
    FAILURES,
    HISTORY,
    STATS,
    as_csv,
    write_csv,
)

PERCENTILES = "50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%"


def test_the_stats_file_has_a_row_per_endpoint_and_the_total_last(failed):
    """Rows are sorted by path, then method; percentiles that fall on failures are N/A."""
    expected = (
        "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,"
        "Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s,"
        f"{PERCENTILES}\r\n"
        "GET,/items,8,0,13.0,179.807,10.0,1240.0,250.0,4.0,0.0,"
        "13.0,15.0,15.0,123.457,1240.0,1240.0,1240.0,1240.0,1240.0,1240.0,1240.0\r\n"
        "POST,/items,2,1,200.0,200.0,200.0,200.0,200.0,1.0,0.01,"
        "200.0,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A\r\n"
        ",Aggregated,10,1,14.0,182.051,10.0,1240.0,240.0,5.0,0.05,"
        "14.0,123.457,200.0,200.0,1240.0,N/A,N/A,N/A,N/A,N/A,N/A\r\n"
    )

    assert expected == as_csv(failed, started_at=0)["_stats.csv"]


def test_the_history_file_has_a_row_per_second(failed):
    """Rates and percentiles are those of the second, totals those of the run so far."""
    expected = (
        f"Timestamp,User Count,Type,Name,Requests/s,Failures/s,{PERCENTILES},"
        "Total Request Count,Total Failure Count,Total Median Response Time,"
        "Total Average Response Time,Total Min Response Time,Total Max Response Time,"
        "Total Average Content Size\r\n"
        "1700000000,1,,Aggregated,3,0,11.0,N/A,N/A,N/A,N/A,12.0,N/A,N/A,N/A,N/A,N/A,"
        "3,0,N/A,N/A,N/A,N/A,N/A\r\n"
        "1700000001,2,,Aggregated,7,1,14.1,N/A,N/A,N/A,N/A,1240.0,N/A,N/A,N/A,N/A,N/A,"
        "10,1,N/A,N/A,N/A,N/A,N/A\r\n"
        "1700000002,2,,Aggregated,0,0,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,"
        "10,1,N/A,N/A,N/A,N/A,N/A\r\n"
    )

    assert expected == as_csv(failed, started_at=1_700_000_000.7)["_stats_history.csv"]


def test_the_failures_file_has_a_row_per_cause(failed):
    """Each endpoint's causes stand with their count."""
    expected = (
        "Method,Name,Error,Occurrences,First Seen,Last Seen\r\n"
        "POST,/items,HTTP 500 Internal Server Error,1,,\r\n"
    )

    assert expected == as_csv(failed, started_at=0)["_failures.csv"]


def test_the_exceptions_file_counts_users_that_died_alike(failed):
    """Two users that died for one reason are one row."""
    expected = "Count,Message,Traceback,Nodes\r\n2,A user died: KeyError('id'),,local\r\n"

    assert expected == as_csv(failed, started_at=0)["_exceptions.csv"]


@pytest.mark.parametrize("ending", ["_stats.csv", "_stats_history.csv", "_failures.csv"])
def test_an_app_that_was_not_loaded_leaves_headers_only(not_started, ending):
    """There is nothing to count, and readers still find the columns."""
    rows = list(csv.reader(StringIO(as_csv(not_started, started_at=0)[ending])))

    assert 1 == len(rows)


def test_the_columns_are_those_the_installed_locust_writes():
    """A Locust that changes its columns is noticed here."""
    from codeoptix_performance.load.locust_import import import_locust

    import_locust()
    from locust.env import Environment
    from locust.stats import PERCENTILES_TO_REPORT, StatsCSV

    theirs = StatsCSV(Environment(), PERCENTILES_TO_REPORT)

    assert theirs.requests_csv_columns == list(STATS)
    assert theirs.failures_columns == list(FAILURES)
    assert theirs.exceptions_columns == list(EXCEPTIONS)


def test_the_history_columns_are_those_the_installed_locust_writes(tmp_path):
    """They stand in the class that writes the files, so it is made and closed."""
    from codeoptix_performance.load.locust_import import import_locust

    import_locust()
    from locust.env import Environment
    from locust.stats import PERCENTILES_TO_REPORT, StatsCSVFileWriter

    writer = StatsCSVFileWriter(Environment(), PERCENTILES_TO_REPORT, str(tmp_path / "x"))
    writer.close_files()

    assert writer.stats_history_csv_columns == list(HISTORY)


def test_files_are_written_under_the_prefix_and_its_folders_made(failed, tmp_path):
    """The files are named as Locust names them."""
    written = write_csv(failed, str(tmp_path / "new" / "run"), started_at=0)

    assert [
        "run_stats.csv",
        "run_stats_history.csv",
        "run_failures.csv",
        "run_exceptions.csv",
    ] == [path.name for path in written]
    assert as_csv(failed, started_at=0)["_stats.csv"] == written[0].read_bytes().decode()
