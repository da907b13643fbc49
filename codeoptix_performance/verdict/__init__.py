"""Takes a Measurement and limits. Hands on a Verdict: outcome, score, evidence."""
