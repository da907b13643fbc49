"""Takes Settings. Hands on a Target: an app that answers, and its endpoints."""
