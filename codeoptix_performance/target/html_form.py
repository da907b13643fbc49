"""Forms in pages, as far as a login needs them: their fields, and what they carry hidden."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

FORM = "application/x-www-form-urlencoded"
_NOT_SENT = frozenset({"submit", "button", "image", "reset", "file"})


@dataclass(slots=True)
class HtmlForm:
    """``fields`` are names and values as they stand in the page, ``hidden`` what nobody types.

    ``passwords`` are the fields that hide what is typed.
    """

    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)
    passwords: set[str] = field(default_factory=set)

    def path(self, page: str) -> str:
        """Where it is sent when it stands on ``page``."""
        parts = urlsplit(urljoin(page, self.action.strip()))
        return (parts.path or page) + (f"?{parts.query}" if parts.query else "")


def forms_in(body: bytes) -> list[HtmlForm]:
    """The forms of a page, in its order."""
    page = _Page()
    page.feed(body.decode("utf-8", "replace"))
    return page.forms


def password_form(body: bytes) -> HtmlForm | None:
    """The first form that is posted and asks for a password."""
    return next((one for one in forms_in(body) if one.method == "post" and one.passwords), None)


def hidden_fields(body: bytes, sent_to: str) -> dict[str, str]:
    """What the page's form for ``sent_to`` carries hidden; of another posted form if none fits."""
    posted = [form for form in forms_in(body) if form.method == "post" and form.hidden]
    fitting = [form for form in posted if form.path(sent_to) == sent_to]
    return next((form.hidden for form in (*fitting, *posted)), {})


def with_hidden_fields(body: bytes | None, hidden: dict[str, str]) -> bytes:
    """A form's body with its hidden fields behind the others."""
    return b"&".join(part for part in (body, urlencode(hidden).encode()) if part)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[HtmlForm] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(HtmlForm(given.get("method", "get").lower(), given.get("action", "")))
            self._inside = True
        elif self._inside and tag in ("input", "select", "textarea") and given.get("name"):
            self._take(given["name"], given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False

    def _take(self, name: str, given: dict[str, str]) -> None:
        form, kind = self.forms[-1], given.get("type", "text").lower()
        if kind in _NOT_SENT:
            return
        value = given.get("value") or ("on" if kind == "checkbox" else "")
        if kind == "password":
            form.passwords.add(name)
        (form.hidden if kind == "hidden" else form.fields)[name] = value
