#!/bin/sh
# Set up your application URL
export APP_URL="http://localhost:8000"

# Run performance evaluation
codeoptix eval \
  --agent codex \
  --behaviors api-performance \
  --context '{"url": "http://localhost:8000", "users": 20, "run_time": "30s"}' \
  --llm-provider openai
