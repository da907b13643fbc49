"""Seams of the ``codeoptix`` command: names, inline JSON for ``--context``, and ``ci``."""

from __future__ import annotations

from functools import wraps
from inspect import signature, unwrap
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, cast

from codeoptix_performance.host.context_option import context_type
from codeoptix_performance.host.literals import (
    code_of,
    lengthen_list,
    list_of_names,
    rename_global,
)
from codeoptix_performance.host.plugins import built_in_names, installed_plugins
from codeoptix_performance.host.seam import Need, Seam

NO_KEY = "no-key-needed"
"""Given to ``ci`` where it asks for a key that the provider does not have."""


def _function(command: Any) -> FunctionType:
    return cast("FunctionType", unwrap(command.callback))


def _option(command: Any, name: str) -> Any:
    return next((option for option in command.params if option.name == name), None)


def _check_names(cli: ModuleType) -> Need:
    code = code_of(_function(cli.eval))
    if code is None:
        return "not found"
    if list_of_names(code, built_in_names()):
        return "needed"
    return "host does it itself" if "BEHAVIOR_REGISTRY" in code.co_names else "not found"


def _add_names(cli: ModuleType) -> None:
    names = installed_plugins().names
    lengthen_list(_function(cli.eval), built_in_names(), names)
    for command in (cli.eval, cli.ci):
        option = _option(command, "behaviors")
        if names and option is not None:
            option.help = f"{option.help}; from plugins: {', '.join(names)}"


def _check_context(cli: ModuleType) -> Need:
    option = _option(cli.eval, "context")
    if option is None:
        return "not found"
    takes_a_path = type(option.type).__name__ == "Path" and option.type.exists
    return "needed" if takes_a_path else "host does it itself"


def _accept_inline_context(cli: ModuleType) -> None:
    option = _option(cli.eval, "context")
    option.type = context_type(type(option.type))
    option.metavar = "JSON|@FILE|PATH"
    option.help = f"{option.help}; or the JSON object itself, or @FILE"


def _check_run_id(cli: ModuleType) -> Need:
    """``ci`` prints the answer of ``save_results`` as JSON, which cannot hold a ``Path``."""
    answer = signature(cli.ArtifactManager.save_results).return_annotation
    knows_paths = any("default" in const for const in _tuples(_function(cli.ci)))
    return "host does it itself" if answer is not Path or knows_paths else "needed"


def _tuples(function: FunctionType) -> list[tuple[Any, ...]]:
    return [const for const in function.__code__.co_consts if isinstance(const, tuple)]


def _print_run_id(cli: ModuleType) -> None:
    class RunIds(cli.ArtifactManager):  # type: ignore[name-defined,misc]
        """Answers the run id of what it saved, where the host answers a path."""

        def save_results(self, *args: Any, **options: Any) -> str:
            path: Path = super().save_results(*args, **options)
            return path.stem.removeprefix("results_")

    rename_global(_function(cli.ci), "ArtifactManager", "_RunIds", RunIds)


def _check_ollama_key(cli: ModuleType) -> Need:
    asks_everybody = "ollama" not in _function(cli.ci).__code__.co_consts
    return "needed" if asks_everybody else "host does it itself"


def _ask_ollama_for_no_key(cli: Any) -> None:
    ci, create_adapter = cli.ci.callback, cli.create_adapter

    @wraps(ci)
    def without_key(**options: Any) -> Any:
        if options.get("llm_provider") == "ollama" and not options.get("llm_api_key"):
            options["llm_api_key"] = NO_KEY
        return ci(**options)

    @wraps(create_adapter)
    def with_its_own_key(adapter_type: str, config: dict[str, Any]) -> Any:
        """An adapter finds its own key (codex: OPENAI_API_KEY) where ours is none."""
        llm = config.get("llm_config") or {}
        if llm.get("api_key") == NO_KEY:
            config = {**config, "llm_config": {**llm, "api_key": None}}
        return create_adapter(adapter_type, config)

    cli.ci.callback, cli.create_adapter = without_key, with_its_own_key


CLI_SEAMS = (
    Seam(
        name="command-names",
        does="codeoptix eval accepts the names of plugins and lists them in its help",
        module="codeoptix.cli",
        check=_check_names,
        apply=_add_names,
    ),
    Seam(
        name="inline-context",
        does="codeoptix eval --context takes JSON, @FILE or a path",
        module="codeoptix.cli",
        check=_check_context,
        apply=_accept_inline_context,
    ),
    Seam(
        name="ci-run-id",
        does="codeoptix ci prints its JSON, in which the run id was a path",
        module="codeoptix.cli",
        check=_check_run_id,
        apply=_print_run_id,
        repair=True,
    ),
    Seam(
        name="ci-ollama-key",
        does="codeoptix ci --llm-provider ollama runs without an API key",
        module="codeoptix.cli",
        check=_check_ollama_key,
        apply=_ask_ollama_for_no_key,
        repair=True,
    ),
)
