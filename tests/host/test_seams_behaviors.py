"""Run in fresh interpreters, since the seams of this one are already applied."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.slow

ENGINE = """
import json, logging
from types import SimpleNamespace
from codeoptix.adapters.base import AgentAdapter, AgentOutput
from codeoptix.evaluation import EvaluationEngine

class Agent(AgentAdapter):
    def execute(self, prompt, context=None):
        return AgentOutput(code="password = 'hunter2hunter2'\\n", tests=None, metadata={})
    def get_prompt(self): return "be good"
    def update_prompt(self, new_prompt): pass
    def get_adapter_type(self): return "agent"

model = SimpleNamespace(chat_completion=lambda **_: "BEHAVIOR_PRESENT: no\\nSCORE: 0.5")
engine = EvaluationEngine(Agent({}), model, config={"static_analysis": {"bandit": False}})
def evaluate(*names):
    scenarios = [{"task": "t", "prompt": "p", "behavior": name} for name in names for _ in range(2)]
    return engine.evaluate_behaviors(list(names), scenarios=scenarios)
"""
PLUGIN = """
from codeoptix.behaviors.base import BehaviorResult, BehaviorSpec

class Strict(BehaviorSpec):
    answers = iter([True, False, True, True])
    def get_name(self): return "strict"
    def get_description(self): return "is strict"
    def evaluate(self, agent_output, context=None):
        passed = next(self.answers)
        return BehaviorResult("strict", passed, 1.0, ["seen"], metadata={"exact": 7})
"""


OWN = ENGINE + "print(json.dumps(evaluate('insecure-code', 'vacuous-tests', 'plan-drift')))"
PLAIN = {
    "own behaviors": OWN,
    "unknown name": ENGINE + "engine.evaluate_behaviors(['nonsense'], scenarios=[{}])",
    "bad context": ENGINE
    + """
from codeoptix_performance.errors import SettingsError
def work(*_, **__): raise AssertionError("somebody worked")
model.chat_completion = engine.adapter.execute = work
try:
    engine.evaluate_behaviors(["api-performance"], context={"users": 0})
except SettingsError as refused:
    print(refused)
""",
}
WITH_PLUGINS = {
    "beside a broken one": ENGINE + "evaluate('insecure-code'); evaluate('insecure-code')",
    "the broken one": ENGINE + "evaluate('broken')",
    "a sound one": ENGINE + "print(json.dumps([evaluate('strict'), evaluate('strict')]))",
}
UNTOUCHED = {
    "own behaviors": OWN,
    "register": (
        "import codeoptix.cli, codeoptix.behaviors as b; before = list(b.BEHAVIOR_REGISTRY);"
        "from codeoptix_performance.host import register; first, second = register(), register();"
        "print(len(before), len(b.BEHAVIOR_REGISTRY), first == second, {s.state for s in second})"
    ),
}


@pytest.fixture(scope="module")
def plain(in_turn):
    """What a host says that has our behaviors and no other plugin."""
    return in_turn(PLAIN)


@pytest.fixture(scope="module")
def with_plugins(in_turn, distribution):
    """What a host says that finds a sound plugin and one that cannot be imported."""
    sound = distribution("strictness", PLUGIN, strict="strictness_module:Strict")
    shaky = distribution("shaky", "raise RuntimeError('half built')", broken="shaky_module:X")
    return in_turn(WITH_PLUGINS, sound, shaky)


@pytest.fixture(scope="module")
def untouched(in_turn):
    """What a host says that was imported without us."""
    return in_turn(UNTOUCHED, CODEOPTIX_PERFORMANCE_AUTOLOAD="0")


def test_results_of_a_plugin_say_whether_it_passed(with_plugins) -> None:
    """All scenarios must pass; each keeps its metadata."""
    first, second = (
        result["behaviors"]["strict"] for result in json.loads(with_plugins["a sound one"].stdout)
    )
    assert (first["passed"], second["passed"]) == (False, True)
    assert first["metadata"]["outcomes"] == ["pass", "fail"]
    kept = [each["behavior_result"]["metadata"] for each in first["scenario_results"]]
    assert kept == [{"exact": 7}, {"exact": 7}]


def test_a_bad_context_is_refused_before_anybody_works(plain) -> None:
    """Neither the model, which would make scenarios, nor the agent is asked."""
    assert plain["bad context"].stdout.strip() == (
        "context: users is 0; it must be a whole number of at least 1."
    )


def test_the_hosts_own_behaviors_answer_exactly_as_before(plain, untouched) -> None:
    """Byte for byte what a host without us answers."""
    pristine = untouched["own behaviors"].stdout
    assert "behaviors" in pristine
    assert plain["own behaviors"].stdout == pristine


def test_a_broken_plugin_costs_a_warning_and_not_the_run(with_plugins) -> None:
    """The warning names the distribution; the other behaviors are evaluated."""
    done = with_plugins["beside a broken one"]
    assert done.returncode == 0
    assert done.stderr.count("shaky 1.5") == 1
    assert "RuntimeError: half built" in done.stderr


def test_asking_for_a_broken_plugin_says_what_is_wrong(with_plugins) -> None:
    """The user who asked for it learns which distribution to mend."""
    done = with_plugins["the broken one"]
    assert done.returncode == 1
    assert "Failed to create behavior 'broken': Behavior 'broken' of shaky 1.5" in done.stderr


def test_unknown_names_are_refused_with_all_that_are_known(plain) -> None:
    """The host's own sentence lists the plugins too."""
    assert (
        "Available behaviors: insecure-code, vacuous-tests, plan-drift,"
        " api-performance, performance" in plain["unknown name"].stderr
    )


def test_the_plugin_switch_hides_them_from_the_host(python) -> None:
    """CODEOPTIX_PLUGINS=0 leaves the host with its own behaviors."""
    code = "import codeoptix.behaviors as b; print(*b.BEHAVIOR_REGISTRY)"
    done = python(code, CODEOPTIX_PLUGINS="0")
    assert done.stdout == "insecure-code vacuous-tests plan-drift\n"


def test_importing_our_behavior_first_works_too(python) -> None:
    """Our module imports the host, which looks up our module: no circle may bite."""
    code = (
        "from codeoptix_performance import PerformanceBehavior;"
        "from codeoptix.behaviors import create_behavior;"
        "print(type(create_behavior('performance')) is PerformanceBehavior)"
    )
    done = python(code)
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_a_host_that_is_already_imported_is_registered_with(untouched) -> None:
    """Where no start-up file ran, one call makes the imported host know them; twice is once."""
    assert untouched["register"].stdout == "3 5 True {'applied'}\n"
