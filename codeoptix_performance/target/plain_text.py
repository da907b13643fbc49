"""Strings that look like what people type, valid for their schema, and unique where they must be.

A string carries the unique marker when it is free (no pattern, no closed vocabulary) or names an
item, so that an app with unique columns accepts the same prebuilt request again and again.
"""

from __future__ import annotations

import random as random_module
import re
from collections.abc import Iterator, Sequence
from uuid import UUID

from codeoptix_performance.target.endpoint import UNIQUE
from codeoptix_performance.target.operation import Schema
from codeoptix_performance.target.patterns import Patterns
from codeoptix_performance.target.schemas import stays_valid

_USUAL_LENGTH = 20
_LONGEST = 10_000
_WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "haven", "indigo", "lotus")
_NAMES_AN_ITEM = re.compile(
    r"(name|title|username|login|handle|slug|sku|isbn|email|e_mail|mail|key|code|label|uuid|phone"
    r"|serial|number|reference|id|url|domain|plate|barcode)$"
)
_CLOSED = {
    "status": "active",
    "role": "user",
    "currency": "USD",
    "country": "US",
    "country_code": "US",
    "language": "en",
    "lang": "en",
    "locale": "en-US",
    "timezone": "UTC",
    "color": "#1a2b3c",
    "colour": "#1a2b3c",
    "gender": "other",
    "priority": "medium",
    "sort": "id",
    "sort_by": "id",
    "order": "asc",
    "city": "Springfield",
    "state": "CA",
    "zip": "90210",
    "zip_code": "90210",
    "zipcode": "90210",
    "postal_code": "90210",
    "ip": "192.0.2.7",
    "ip_address": "192.0.2.7",
    "version": "1.0.0",
    "time": "10:30",
    "phone": "+15551234567",
    "phone_number": "+15551234567",
}
_PATTERN_TRIES = (
    "{u}",
    "item-{u}",
    "item_{u}",
    "Item {u}",
    "a{u}",
    "ada.{u}@example.com",
    "https://example.com/{u}",
    "12345",
    "1234567890",
    "+15551234567",
    "555-123-4567",
    "(555) 123-4567",
    "2025-06-15",
    "10:30",
    "10:30:00",
    "2025-06-15T10:30:00Z",
    "#1a2b3c",
    "USD",
    "en",
    "en-US",
    "192.0.2.7",
    "1.0.0",
    "12.50",
    "Passw0rd!{u}",
    "Passw0rd!",
    "amber",
    "Amber",
    "Amber Birch",
)


def names_an_item(name: str) -> bool:
    """True for names whose values tend to be unique in a database, as ``title`` and ``email``."""
    return _NAMES_AN_ITEM.search(snake_case(name)) is not None


def snake_case(name: str) -> str:
    """The name as ``due_date`` where it was ``dueDate``; dashes become underscores too."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[-\s]+", "_", name).lower()


def text_for(
    schema: Schema,
    name: str,
    random: random_module.Random,
    *,
    unique: bool,
    patterns: Patterns,
) -> str:
    """A valid string for a property called ``name``; the last attempt if none is valid.

    ``unique`` asks for the marker wherever the schema leaves room for it.
    """
    attempt = ""
    for attempt in _attempts(schema, snake_case(name), random, unique=unique, patterns=patterns):
        if stays_valid(attempt, lambda text: _fits(text, schema, patterns)):
            return attempt
    return attempt


def _attempts(
    schema: Schema,
    name: str,
    random: random_module.Random,
    *,
    unique: bool,
    patterns: Patterns,
) -> Iterator[str]:
    if "pattern" in schema:
        yield from _matching(schema, name, random, unique=unique, patterns=patterns)
        return
    word = random.choice(_WORDS)
    formatted = _formatted(str(schema.get("format", "")), name, random, word)
    for text in (*formatted, *_by_name(name), *_free(schema, name, word, unique=unique)):
        if unique or UNIQUE not in text:
            yield text
        else:
            yield text.replace(UNIQUE, word)


def _fits(text: str, schema: Schema, patterns: Patterns) -> bool:
    if not int(schema.get("minLength", 0)) <= len(text) <= _most_length(schema):
        return False
    return "pattern" not in schema or patterns.found(str(schema["pattern"]), text)


def _formatted(kind: str, name: str, random: random_module.Random, word: str) -> Sequence[str]:
    by_format: dict[str, Sequence[str]] = {
        "uuid": (str(UUID(int=random.getrandbits(128), version=4)),),
        "date": (day_for(name),),
        "date-time": (f"{day_for(name)}T10:30:00Z",),
        "time": ("10:30:00",),
        "duration": ("PT15M",),
        "email": (f"{word}.{UNIQUE}@example.com", f"{UNIQUE}@example.com"),
        "uri": (f"https://example.com/{UNIQUE}", "https://example.com/"),
        "uri-reference": (f"/{UNIQUE}",),
        "hostname": (f"{UNIQUE}.example.com", "example.com"),
        "ipv4": ("192.0.2.7",),
        "ipv6": ("2001:db8::7",),
        "byte": ("c2FtcGxl",),
        "base64": ("c2FtcGxl",),
        "binary": ("sample",),
        "password": (f"Passw0rd!{UNIQUE}", "Passw0rd!"),
        "json-string": ("{}",),
        "decimal": ("12.50",),
        "phone": ("+15551234567",),
        "ipvanyaddress": ("192.0.2.7",),
        "json-pointer": ("/sample",),
        "regex": ("sample",),
    }
    same = {"idn-email": "email", "url": "uri", "iri": "uri", "datetime": "date-time"}
    return by_format.get(same.get(kind, kind), ())


def day_for(name: str) -> str:
    """A date that suits its name: births lie behind us, and what ends does so after the start."""
    if re.search(r"birth|born|dob", name):
        return "1990-05-17"
    if re.search(r"due|deadline|expir|end|until|check_?out|return|_to$", name):
        return "2031-06-20"
    if re.search(r"start|begin|check_?in|from|depart|arriv|schedul|appoint|book|reserv", name):
        return "2031-06-15"
    return "2025-06-15"


def _by_name(name: str) -> Iterator[str]:
    """Values for strings without a format whose name says what an app will check."""
    if name in _CLOSED:
        yield _CLOSED[name]
    if re.search(r"e_?mail$", name):
        yield f"ada.{UNIQUE}@example.com"
    elif re.search(r"(url|uri|website|link|homepage)$", name):
        yield f"https://example.com/{UNIQUE}"
    elif re.search(r"(user_?name|login|handle|nickname)$", name):
        yield f"ada{UNIQUE}"
    elif re.search(r"passw(or)?d", name):
        yield f"Passw0rd!{UNIQUE}"
    elif re.search(r"(^|_)(date|day|dob|deadline|birthday)$", name):
        yield day_for(name)
    elif re.search(r"(datetime|timestamp|_at)$", name):
        yield f"{day_for(name)}T10:30:00"
    elif name.endswith("uuid"):
        yield "5f0c7a52-6c39-4e0e-9b5d-3d1f6c2a7b10"


def _free(schema: Schema, name: str, word: str, *, unique: bool) -> Iterator[str]:
    most = int(schema.get("maxLength", _USUAL_LENGTH))
    least = _least_length(schema)
    label = re.sub(r"[^a-z0-9 ]", "", name.replace("_", " "))[: _USUAL_LENGTH - 9].strip()
    padding = f" {word}" * (least // (len(word) + 1) + 1)
    if unique:
        yield f"{label.capitalize()} {UNIQUE}".strip()
        yield UNIQUE
        yield f"{label.capitalize()} {UNIQUE}{padding}"[: max(most, least)].strip()
        yield f"{UNIQUE}{padding}"[: max(least, len(UNIQUE))].replace(" ", "-")
    yield word
    yield word[:most]
    yield f"{word}{padding}"[:least].replace(" ", "-")


def _least_length(schema: Schema) -> int:
    """The least length, as far as it is worth building: an app's document may ask for anything."""
    return min(int(schema.get("minLength", 0)), _LONGEST)


def _most_length(schema: Schema) -> int:
    return int(schema.get("maxLength", 10**6))


def _matching(
    schema: Schema,
    name: str,
    random: random_module.Random,
    *,
    unique: bool,
    patterns: Patterns,
) -> Iterator[str]:
    """Plain attempts first; only what none of them matches is built from the pattern itself."""
    marked = [text.format(u=UNIQUE) for text in _PATTERN_TRIES if "{u}" in text]
    if unique:
        yield from marked
    if not (unique and names_an_item(name)):
        yield from (text for text in _PATTERN_TRIES if "{u}" not in text)
        yield from (text.replace(UNIQUE, random.choice(_WORDS)) for text in marked)
    built = patterns.text_with(
        str(schema["pattern"]),
        seed=random.getrandbits(64),
        least=_least_length(schema),
        most=_most_length(schema),
    )
    if built is not None:
        yield built
