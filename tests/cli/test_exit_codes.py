"""The list of exit codes."""

from codeoptix_performance.cli.exit_codes import ExitCode


def test_the_codes_are_these():
    """Scripts rely on them."""
    assert {"PASS": 0, "FAIL": 1, "USAGE": 2, "INCONCLUSIVE": 3, "INTERRUPTED": 130} == {
        code.name: int(code) for code in ExitCode
    }


def test_each_code_has_a_sentence():
    """It ends in a full stop and says what happened."""
    assert all(code.sentence.endswith(".") for code in ExitCode)
