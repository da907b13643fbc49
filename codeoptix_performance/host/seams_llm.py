"""Seams of the host's LLM clients: they take a model, and Anthropic's SDK takes their request."""

from __future__ import annotations

from functools import wraps
from inspect import signature
from types import ModuleType
from typing import Any

from codeoptix_performance.host.seam import Need, Seam

_CLIENTS = ("OpenAIClient", "AnthropicClient", "GoogleClient")
_CHOSEN = "_chosen_model"


def _without_model(llm: ModuleType) -> list[type[Any]]:
    """Clients whose constructor refuses the ``model`` that ``create_llm_client`` passes."""
    clients = [getattr(llm, name) for name in _CLIENTS if hasattr(llm, name)]
    return [client for client in clients if not _takes(client.__init__, "model")]


def _takes(function: Any, keyword: str) -> bool:
    parameters = signature(function).parameters.values()
    return any(p.name == keyword or p.kind is p.VAR_KEYWORD for p in parameters)


def _check_model(llm: ModuleType) -> Need:
    if not any(hasattr(llm, name) for name in _CLIENTS):
        return "not found"
    return "needed" if _without_model(llm) else "host does it itself"


def _accept_model(llm: ModuleType) -> None:
    for client in _without_model(llm):
        _remember_model(client)


def _remember_model(client: Any) -> None:
    """The constructor takes a model; a question that names none is put to that one."""
    construct, ask = client.__init__, client.chat_completion

    @wraps(construct)
    def constructed(self: Any, api_key: str | None = None, model: str | None = None) -> None:
        construct(self, api_key=api_key)
        setattr(self, _CHOSEN, model)

    @wraps(ask)
    def asked(self: Any, messages: Any, *args: Any, **options: Any) -> Any:
        chosen = getattr(self, _CHOSEN, None)
        if chosen and not args:
            options.setdefault("model", chosen)
        return ask(self, messages, *args, **options)

    client.__init__, client.chat_completion = constructed, asked


class _Asked(Exception):  # noqa: N818 - no error: it ends a question before it is sent
    """Carries what the host was about to send."""

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__("not sent")
        self.options = options


class _Listening:
    """In the place of an SDK's client: hears a request and sends nothing."""

    @property
    def messages(self) -> _Listening:
        return self

    def create(self, **options: Any) -> None:
        raise _Asked(options)


def _check_anthropic(llm: ModuleType) -> Need:
    """Compares what the host's client really asks with what the installed SDK accepts."""
    client, sdk = getattr(llm, "AnthropicClient", None), getattr(llm, "anthropic", None)
    if client is None or sdk is None:
        return "not found"
    probe = object.__new__(client)
    probe.client = _Listening()
    try:
        probe.chat_completion([{"role": "user", "content": "?"}])
    except _Asked as asked:
        accepted = _acceptable(sdk.resources.Messages.create, asked.options)
        return "host does it itself" if accepted == asked.options else "needed"
    return "not found"


def _acceptable(create: Any, options: dict[str, Any]) -> dict[str, Any]:
    """``options`` without an empty system prompt, and without a temperature the SDK lost."""
    unwanted = set()
    if options.get("system", "") is None:
        unwanted.add("system")
    if not _takes(create, "temperature"):
        unwanted.add("temperature")
    return {key: value for key, value in options.items() if key not in unwanted}


def _ask_anthropic_acceptably(llm: ModuleType) -> None:
    client: Any = llm.AnthropicClient
    construct = client.__init__

    @wraps(construct)
    def constructed(self: Any, *args: Any, **options: Any) -> None:
        construct(self, *args, **options)
        messages = self.client.messages
        create = messages.create
        messages.create = lambda **asked: create(**_acceptable(create, asked))

    client.__init__ = constructed


LLM_SEAMS = (
    Seam(
        name="llm-model",
        does="the clients for OpenAI, Anthropic and Google take the model they are created with",
        module="codeoptix.utils.llm",
        check=_check_model,
        apply=_accept_model,
        repair=True,
    ),
    Seam(
        name="anthropic-request",
        does="Anthropic is not sent an empty system prompt, nor a temperature its SDK refuses",
        module="codeoptix.utils.llm",
        check=_check_anthropic,
        apply=_ask_anthropic_acceptably,
        repair=True,
    ),
)
