"""Our engine and its recorder without judging or reporting; prints what was seen as JSON.

python -m benchmarks.tools.engine_alone SETTINGS_AS_JSON
"""

from __future__ import annotations

import json
import sys

from codeoptix_performance.load.choice import choose_engine
from codeoptix_performance.load.planning import plan_load
from codeoptix_performance.measurement.progress import progress_of
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.settings.sources import settings_from
from codeoptix_performance.target.open import open_target


def main() -> None:
    """Sends the load and counts."""
    settings = settings_from(json.loads(sys.argv[1]), profile="api")
    with open_target(settings) as target:
        plan = plan_load(settings, target)
        recorder = Recorder(plan)
        choose_engine(settings).run(plan, recorder, lambda _: False)
    seen = progress_of(recorder)
    print(json.dumps({"requests": seen.requests, "failures": seen.failures}))


if __name__ == "__main__":
    main()
