"""The users of a run: Locust users that keep asking until they are told to leave.

Imports Locust: to be imported after ``import_locust`` only.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, ClassVar

import gevent
from locust import User

from codeoptix_performance.load.arrival_desk import ArrivalDesk
from codeoptix_performance.load.member import Member
from codeoptix_performance.load.open_files import make_room_for
from codeoptix_performance.load.traffic import Choices
from codeoptix_performance.load.visitor import Assignment, Visitor


class LoadUser(User):  # type: ignore[misc] # Locust is not typed
    """Runs its own loop, as cheap as can be: Locust's tasks would cost as much as a request."""

    abstract = True
    assignment: ClassVar[Assignment]
    desk: ClassVar[ArrivalDesk | None]
    door: ClassVar[AbstractContextManager[Any]]

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self._leaving = self._resting = False

    def run(self) -> None:
        """Asks until it leaves, is killed, or dies of an error, which the journal keeps."""
        journal = self.assignment.journal
        visitor = self._visitor()
        try:
            with self.door:
                visitor.arrive()
            with journal.presence() as number:
                if self.desk is not None:
                    self._serve(visitor, self.desk)
                else:
                    self._visit(visitor, Choices(self.assignment.traffic, number))
        except Exception as error:
            journal.user_died(error)
            raise
        finally:
            visitor.close()

    def _visitor(self) -> Visitor:
        entrance = self.assignment.traffic.entrance
        return Member(self.assignment, entrance) if entrance else Visitor(self.assignment)

    def leave(self) -> None:
        """Ends after the request under way; at once where there is none."""
        self._leaving = True
        if self._resting:
            self.group.killone(self.greenlet, block=False)

    def _visit(self, visitor: Visitor, choices: Choices) -> None:
        send, next_route, pauses = visitor.send, choices.next_route, choices.pauses
        while not self._leaving:
            route, turn = next_route()
            send(route, turn)
            if pauses and not self._leaving:
                self._resting = True
                gevent.sleep(choices.pause())
                self._resting = False

    def _serve(self, visitor: Visitor, desk: ArrivalDesk) -> None:
        while not self._leaving:
            self._resting = True
            arrival = desk.next_arrival()
            self._resting = False
            visitor.send(arrival.route, arrival.turn, arrival.due)


def user_class(
    assignment: Assignment, desk: ArrivalDesk | None, door: AbstractContextManager[Any]
) -> type[LoadUser]:
    """A Locust user class of this run's own: Locust writes to the class it is given.

    Users arrive through ``door``, as many at once as it lets in.
    """
    members = {
        "abstract": False,
        "tasks": [],
        "assignment": assignment,
        "desk": desk,
        "door": door,
    }
    return type("ThisRunsUser", (LoadUser,), members)


class Crowd:
    """As many users as were last asked for; who came last leaves first."""

    def __init__(self, runner: Any, of: type[LoadUser]) -> None:
        self._runner = runner
        self._class = of
        self._users: list[LoadUser] = []

    def resize(self, wanted: int) -> None:
        """Lets users arrive or leave; one that died is not replaced, as in Locust."""
        missing = wanted - len(self._users)
        if missing > 0:
            make_room_for(wanted)
            self._users += self._runner.spawn_users({self._class.__name__: missing})
        for _ in range(-missing):
            self._users.pop().leave()
