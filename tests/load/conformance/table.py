"""The whole table, in the order of the page."""

from conformance.connection_cases import CLOSING
from conformance.content_cases import ADDRESSES, ENCODINGS
from conformance.framing_cases import FRAMING
from conformance.header_cases import HEADERS, STATUS_LINES
from conformance.patience_cases import SURPLUS, WAITING
from conformance.redirect_cases import COOKIES, REDIRECTS

GROUPS = {
    "Where an answer begins and ends": FRAMING,
    "Status lines": STATUS_LINES,
    "Headers": HEADERS,
    "Connections that end": CLOSING,
    "More than was asked for": SURPLUS,
    "Patience": WAITING,
    "Packed bodies": ENCODINGS,
    "Redirects": REDIRECTS,
    "Cookies": COOKIES,
    "Addresses and TLS": ADDRESSES,
}
CASES = tuple(case for cases in GROUPS.values() for case in cases)
