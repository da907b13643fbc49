from __future__ import annotations

from codeoptix_performance.host.literals import lengthen_list, list_of_names, rename_global

KNOWN = ("one", "two", "three")


def is_known(name: str) -> bool:
    names = ["one", "two", "three", "extra"]
    return name in names


def sentence() -> str:
    return "Available: one, two, three"


def with_two_lists(name: str) -> bool:
    return name in ["one", "two", "three", "four"] or name in ["one", "two", "three", "five"]


def path() -> str:
    return str(KNOWN)


def test_a_list_in_code_takes_further_names() -> None:
    """The function then accepts the added names and all it accepted before, and nothing else."""
    lengthen_list(is_known, KNOWN, ("new", "two"))
    assert [is_known(name) for name in ("one", "extra", "new", "other")] == [
        True,
        True,
        True,
        False,
    ]


def test_a_sentence_that_shows_the_names_shows_the_added_ones() -> None:
    """Help that lists the names lists all of them."""
    lengthen_list(sentence, KNOWN, ("new",))
    assert sentence() == "Available: one, two, three, new"


def test_a_list_is_found_only_where_it_is_the_only_one() -> None:
    """Two candidates mean that the code is not the one we know."""
    assert list_of_names(with_two_lists.__code__, KNOWN) is None
    assert list_of_names(sentence.__code__, KNOWN) is None


def test_one_function_sees_another_global() -> None:
    """Only that function: its module keeps what it had."""
    rename_global(path, "KNOWN", "_KNOWN_TO_PATH", "changed")
    assert path() == "changed"
    assert KNOWN == ("one", "two", "three")
