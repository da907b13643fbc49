"""The one sentence for a bad value."""

from __future__ import annotations

import pytest

from codeoptix_performance.errors import SettingsError
from codeoptix_performance.settings.refusal import RefusedValueError, refuse, show


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"soon"', "soon"),
        ("null", None),
        ("true", True),
        ("[1, 2]", [1, 2]),
        ("{1, 2}", {1, 2}),
        ('"two\\nlines"', "two\nlines"),
        ('"é"', "é"),
    ],
)
def test_a_value_is_shown_as_json(text, value):
    """What stands in the context is what stands in the message, on one line."""
    assert text == show(value)


def test_a_long_value_is_cut():
    """A whole file pasted as a value does not drown the sentence."""
    assert 80 == len(show("x" * 5000))
    assert show("x" * 5000).endswith("…")


def test_the_inner_value_is_shown_where_the_fault_sits_inside():
    """A list of fifty endpoints is not printed for one bad path."""
    refused = RefusedValueError("it must be a text", place="[3].path", value=7)
    with pytest.raises(SettingsError) as caught:
        refuse("context", "endpoints", ["…"] * 50, refused)
    assert "context: endpoints[3].path is 7; it must be a text." == str(caught.value)
    assert "endpoints" == caught.value.key
