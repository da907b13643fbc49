"""Names that a host function holds as constants of its code: found, and replaced in place."""

from __future__ import annotations

from collections.abc import Callable, Collection
from types import CodeType, FunctionType
from typing import Any


def code_of(function: Callable[..., Any]) -> CodeType | None:
    """The code object of a plain function; None for anything else that can be called."""
    return function.__code__ if isinstance(function, FunctionType) else None


def list_of_names(code: CodeType, names: Collection[str]) -> tuple[str, ...] | None:
    """The one constant list in ``code`` that holds all of ``names``; None without exactly one."""
    lists = [
        constant
        for constant in code.co_consts
        if isinstance(constant, tuple)
        and all(isinstance(item, str) for item in constant)
        and set(names) <= set(constant)
    ]
    return lists[0] if len(lists) == 1 else None


def lengthen_list(function: FunctionType, known: Collection[str], added: Collection[str]) -> None:
    """Adds names to the list that ``function`` compares with, and to sentences that show it."""
    code = function.__code__
    old = list_of_names(code, known) or ()
    longer_list = (*old, *(name for name in added if name not in old))
    shown, longer = ", ".join(known), ", ".join((*known, *added))

    def renewed(constant: Any) -> Any:
        if constant is old:
            return longer_list
        if isinstance(constant, str) and constant.rstrip().endswith(shown):
            return constant.replace(shown, longer)
        return constant

    function.__code__ = code.replace(co_consts=tuple(map(renewed, code.co_consts)))


def rename_global(function: FunctionType, old: str, new: str, value: Any) -> None:
    """Makes ``function``, and no other, see ``value`` wherever it says ``old``."""
    function.__globals__[new] = value
    names = tuple(new if name == old else name for name in function.__code__.co_names)
    function.__code__ = function.__code__.replace(co_names=names)
