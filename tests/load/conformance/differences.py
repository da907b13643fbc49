"""Where our client answers otherwise than FastHttpUser, and why it is to stay so."""

from enum import StrEnum


class Difference(StrEnum):
    """One reason; the order is that of the page."""

    STATUS_OF_HALF_AN_ANSWER = (
        "FastHttpUser reports the status of an answer that never came whole beside the failure. "
        "Here a request without a whole answer has status 0 and size 0: there was no answer."
    )
    TIMEOUT_OF_THE_WHOLE = (
        "FastHttpUser's timeout begins anew with every packet, so an app that sends a byte now "
        "and then holds a user for ever and no request is recorded. Here the timeout bounds the "
        "whole request."
    )
    ONE_ATTEMPT = (
        "FastHttpUser sends an idempotent request up to 12 times when the connection ends before "
        "an answer, fresh connections included. Here only a reused connection is given a second "
        "chance, and only one: an app that hangs up on new connections fails, and is not asked "
        "more often than the plan says."
    )
    RESET_IS_NOT_CLOSE = (
        "FastHttpUser calls a reset before the first byte a closed connection. The two have "
        "different causes in an app, so they have different names here."
    )
    CUT_IS_NOT_GARBAGE = (
        "FastHttpUser reports an answer that ends within its head as a parser error. Here it is "
        "what it is: the app closed in the middle of an answer."
    )
    SURPLUS_SPOILS_THE_CONNECTION = (
        "The answer was whole and good; what follows it spoils the connection, which is closed. "
        "Where the surplus is in the same packet as the answer, FastHttpUser fails the request or "
        "takes the surplus for the answer, and uses the connection again."
    )
    SUCCESS_BELOW_400 = (
        "FastHttpUser keeps a list of good statuses that lacks some of the 2xx and 3xx. Here "
        "every status from 200 to 399 is a success."
    )
    SERVER_ERRORS_END_CONNECTIONS = (
        "Servers often close without saying so after an error of their own. Here a status of 500 "
        "and more ends the connection, so that one error is not counted twice."
    )
    BYTES_AS_THEY_TRAVELLED = (
        "FastHttpUser unpacks every body and reports the unpacked length. Here the size is the "
        "bytes that travelled, and a body is unpacked only when something reads it: unpacking "
        "costs processor time that belongs to the app under test."
    )
    UNKNOWN_ENCODING = (
        "FastHttpUser raises an exception into the user's task, and no request is recorded. Here "
        "the body is handed on as it came."
    )
    CERTIFICATES_ARE_VERIFIED = (
        "FastHttpUser verifies no certificate unless `insecure = False` is set. Here certificates "
        "are verified unless `verify_tls` is off."
    )
    SECURE_COOKIES_TRAVEL = (
        "FastHttpUser keeps `Secure` cookies from plain HTTP. Here they travel, as browsers let "
        "them for localhost: apps under test seldom have a certificate, and a login that is lost "
        "would leave nothing but its refusal to measure."
    )
    LOAD_STAYS_AT_HOME = (
        "FastHttpUser follows a redirect anywhere. Here load goes to the origin that was asked "
        "for and nowhere else; a redirect that leads away is a good answer that ends there."
    )
    FIVE_HOPS = (
        "FastHttpUser follows 30 redirects and then reports status 0. Here five are enough to "
        "know a loop, and the last answer's status stands."
    )
    UNASKED_UPGRADE = (
        "FastHttpUser's parser stops at the upgrade, reports no status, and the connection is "
        "used again. Here the status stands, as a failure, and the connection is closed."
    )
    UNFINISHED_IS_NOT_REUSED = (
        "FastHttpUser sends the next request over a connection whose answer it has given up. Here "
        "a timeout closes the connection."
    )
