"""Judges an app by one's own limits, without an agent, a model or a host.

python own_thresholds.py app.py
"""

import sys
from pathlib import Path

from codeoptix_performance import assess, settings_from

settings = settings_from(
    {
        "code": Path(sys.argv[1]).read_text(),
        "users": 10,
        "spawn_rate": 10,
        "run_time": "5s",
        "min_requests": 10,
        "max_p95_response_time": 300,  # ms
        "thresholds": {
            "http_req_duration{name:/api/users}": ["avg<200"],  # ms
            "http_req_failed": ["rate<0.01"],
        },
    },
    profile="api",
)
verdict = assess(settings).verdict

print(f"{verdict.outcome}, score {verdict.score:.2f}")
for line in verdict.evidence:
    print(f"  {line}")
sys.exit(0 if verdict.passed else 1)
