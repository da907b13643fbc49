"""Users who log in are let in before a stretch begins, so that none of it measures their logins."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from codeoptix_performance.load.engine import Engine
from codeoptix_performance.load.plan import LoadPlan, steady_users
from codeoptix_performance.load.session import Session, Sessions
from codeoptix_performance.target.asking import Asker
from codeoptix_performance.target.login import Login
from codeoptix_performance.target.member import Member
from codeoptix_performance.target.target import Target

LONGEST_ADMISSION = 3.0
"""Seconds; users who are not in by then log in during the stretch, and their logins are told to
nobody."""


def welcome_users(users: int, target: Target, sessions: Sessions) -> int:
    """How many of ``users`` may come: an app that is not ours gets no more accounts from us."""
    login = target.login
    if target.app is not None or login is None or not login.has_own_users:
        return users
    return max(1, min(users, sessions.free))


def admit(engine: Engine, plan: LoadPlan, has_ended: Callable[[float], bool]) -> None:
    """Returns when as many users have a session as ``plan`` has; at once where they had before.

    Raises ``KeyboardInterrupt`` where Ctrl-C ended it.
    """
    if plan.login is None or plan.sessions.free >= plan.users:
        return
    entering = replace(
        plan,
        stages=steady_users(plan.users, math.inf, LONGEST_ADMISSION),
        wait_time=(LONGEST_ADMISSION, LONGEST_ADMISSION),
    )
    door = _Door()
    report = engine.run(
        entering, door, lambda elapsed: door.inside >= plan.users or has_ended(elapsed)
    )
    if report.interrupted:
        raise KeyboardInterrupt


def sign(asker: Asker, login: Login, session: Session | None) -> None:
    """Lets ``asker`` ask as the user of ``session``; as a new one where there is none.

    It stays nobody where the app lets no new one in.
    """
    if session is None:
        newcomer = Member(login, asker)
        asker.signer = newcomer if newcomer.enter() else None
        return
    asker.keep_cookies(session.cookies)
    asker.signer = Member(login, asker, session.value.decode("ascii"), session.credential)


class _Door:
    """A sink that counts who has come in, and nothing else."""

    def __init__(self) -> None:
        self.inside = 0

    def plan_begins(self, at: float) -> None:
        """Nothing hangs on it."""

    def begin(self, endpoint: int, due: float, at: float) -> int:  # noqa: ARG002 # of the protocol
        """The one request that each user sends when it is in."""
        return 0

    def end(self, token: int, at: float, status: int, size: int, cause: str | None) -> None:
        """As above."""

    def users(self, count: int, at: float) -> None:  # noqa: ARG002 # of the protocol
        """Users become active once they have logged in."""
        self.inside = max(self.inside, count)
