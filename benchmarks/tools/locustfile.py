"""The plainest locustfile, for either of Locust's clients."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from locust import FastHttpUser, HttpUser, constant_throughput, events, task
from locust.env import Environment


@events.init_command_line_parser.add_listener
def add_options(parser: ArgumentParser) -> None:
    """What a bench varies."""
    parser.add_argument("--path", default="/")
    parser.add_argument("--per-user", type=float, help="Requests per second of each user.")


@events.init.add_listener
def pace(environment: Environment, **_: Any) -> None:
    """Users pause only where a rate was asked for."""
    options = environment.parsed_options
    for visitor in (FastVisitor, PlainVisitor):
        visitor.path = options.path
        if options.per_user:
            visitor.wait_time = constant_throughput(options.per_user)


class FastVisitor(FastHttpUser):
    """Locust's fast client."""

    path: str

    @task
    def visit(self) -> None:
        """One request."""
        self.client.get(self.path)


class PlainVisitor(HttpUser):
    """Locust's usual client, which is requests."""

    path: str

    @task
    def visit(self) -> None:
        """One request."""
        self.client.get(self.path)
