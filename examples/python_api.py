"""The guide's Python example: an app that already runs, judged through the host's engine."""

import os

from codeoptix.adapters.factory import create_adapter
from codeoptix.evaluation import EvaluationEngine
from codeoptix.utils.llm import LLMProvider, create_llm_client

# Create adapter
adapter = create_adapter(
    "codex",
    {
        "llm_config": {
            "provider": "openai",
            "api_key": os.getenv("OPENAI_API_KEY"),
        }
    },
)

# Create evaluation engine
llm_client = create_llm_client(LLMProvider.OPENAI)
engine = EvaluationEngine(adapter, llm_client)

# Run performance test
results = engine.evaluate_behaviors(
    behavior_names=["api-performance"],
    context={
        "url": "http://localhost:8000",
        "users": 20,
        "spawn_rate": 2,
        "run_time": "30s",
    },
)

print(f"Performance Score: {results['overall_score']:.2%}")
