import pytest

from codeoptix_performance.errors import SettingsError
from codeoptix_performance.settings.load_shapes import named_shape
from codeoptix_performance.settings.sources import settings_from
from codeoptix_performance.settings.stages import Stage, duration_of, level_at

OWN = "from locust import LoadTestShape\nclass Mine(LoadTestShape):\n    def tick(self): ...\n"


def read(**words):
    return settings_from(words, profile="api")


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        pytest.param(
            (Stage(30.0, 50.0, 50 / 30), Stage(60.0, 50.0), Stage(10.0, 0.0, 5.0)),
            {"stages": ["30s:50", {"duration": "1m", "target": 50}, "10s:0"]},
            id="k6: the target is reached at the stage's end",
        ),
        pytest.param(
            (Stage(30.0, 50, 10.0), Stage(30.0, 20, 5.0)),
            {
                "stages": [
                    {"duration": 30, "users": 50, "spawn_rate": 10},
                    {"duration": "30s", "users": "20", "spawn_rate": "5"},
                ]
            },
            id="Locust: the users come at the spawn rate and stay",
        ),
        pytest.param(
            (Stage(0.0, 40.0), Stage(5.0, 80.0, 8.0)),
            {"stages": ["0s:40", "5s:80"]},
            id="k6: no duration is a jump",
        ),
        pytest.param(
            (Stage(0.0, 20.0), Stage(10.0, 120.0, 10.0)),
            {"arrival_rate": 20, "stages": "10s:120"},
            id="an arrival rate is where its stages begin",
        ),
        pytest.param(
            (Stage(100.0, 29, 0.29),),
            {"stages": [{"duration": 100, "users": 29, "spawn_rate": 0.29}]},
            id="just long enough, whatever 0.29 is in binary",
        ),
        pytest.param((), {}, id="none"),
    ],
)
def test_stages(expected, words):
    """Stages are read as k6 and Locust mean them."""
    assert expected == read(**words).stages


def test_stages_say_how_many_users_and_how_long():
    """The settings hold what follows from the stages."""
    settings = read(stages=["10s:5", "20s:25"])

    assert (25, 30.0) == (settings.users, settings.run_time)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        pytest.param(
            "context: stages[1] is {", {"stages": ["10s:5", {"duration": 5}]}, id="half a stage"
        ),
        pytest.param('[0] is "5"; it must be like "30s:50"', {"stages": ["5"]}, id="no target"),
        pytest.param(
            "it must be a target from 0 on", {"stages": ["5s:-1"]}, id="a negative target"
        ),
        pytest.param("at least one stage must", {"stages": ["5s:0"]}, id="no load at all"),
        pytest.param("at least one stage that lasts", {"stages": []}, id="nothing"),
        pytest.param(
            "going from 0 to 50 at 2 per second takes 25 s; make the stage that long at least",
            {"stages": [{"duration": "10s", "users": 50, "spawn_rate": 2}]},
            id="a stage that cannot be reached",
        ),
        pytest.param(
            "context: spawn_rate is 1; 100 users need 1 min 40 s to arrive at 1 per second, and "
            "run_time is 30 s; it must be 3.34 at least.",
            {"users": 100, "spawn_rate": 1, "run_time": "30s"},
            id="users who cannot all arrive",
        ),
        pytest.param("leave one of the two out", {"stages": "5s:5", "shape": "ramp"}, id="both"),
        pytest.param("how long the load lasts", {"stages": "5s:5", "run_time": 9}, id="run_time"),
        pytest.param("how many users", {"stages": "5s:5", "users": 9}, id="users"),
        pytest.param(
            "spawn_rate is 3; the shape spike says how fast users come",
            {"shape": "spike", "spawn_rate": 3},
            id="a shape and a spawn rate",
        ),
        pytest.param("it must be steady, ramp, steps", {"shape": "wave"}, id="unknown shape"),
        pytest.param("there is no file nowhere.py", {"shape": "nowhere.py:Mine"}, id="no file"),
        pytest.param("it needs an arrival_rate", {"arrival_pattern": "poisson"}, id="no rate"),
        pytest.param(
            "wait_time is 1; with arrival_rate, requests arrive whether or not users pause",
            {"arrival_rate": 5, "wait_time": 1},
            id="pauses in open load",
        ),
        pytest.param(
            "a LoadTestShape counts users",
            {"arrival_rate": 5, "shape": "locust.shape:LoadTestShape"},
            id="a shape of users in open load",
        ),
    ],
)
def test_refusals(sentence, words):
    """What cannot be, or contradicts itself, is refused with one sentence."""
    with pytest.raises(SettingsError) as caught:
        read(**words)

    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param({"users": 29, "spawn_rate": 0.29, "run_time": 100}, id="just in time"),
        pytest.param({"users": 100, "spawn_rate": 1}, id="nobody said how long"),
        pytest.param({"users": 100, "run_time": 10}, id="nobody said how fast"),
        pytest.param({"spawn_rate": 1, "run_time": 5}, id="nobody said how many"),
    ],
)
def test_users_who_can_arrive(words):
    """What nobody named yields to what somebody did."""
    settings = read(**words)

    assert words == {key: getattr(settings, key) for key in words}


def test_a_shape_of_ones_own_is_kept_by_its_place(tmp_path):
    """The file is there, and its path no longer depends on the current folder."""
    path = tmp_path / "shapes.py"
    path.write_text(OWN)

    assert f"{path}:Mine" == read(shape=f"{path}:Mine").shape


@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("steady", [4, 20, 40, 40, 40]),
        ("ramp", [2, 10, 20, 30, 40]),
        ("steps", [8, 16, 24, 32, 40]),
        ("spike", [4, 4, 40, 4, 4]),
        ("soak", [40, 40, 40, 40, 0]),
    ],
)
def test_named_shapes(name, levels):
    """Each shape goes as its name says, within the run time."""
    stages = named_shape(name, 40, 100.0, 0.8)

    assert 100.0 == pytest.approx(duration_of(stages))
    assert levels == pytest.approx([level_at(stages, at) for at in (5.0, 25.0, 50.0, 75.0, 100.0)])
