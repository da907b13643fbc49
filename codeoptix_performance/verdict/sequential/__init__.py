"""The sequential decision: when a running load may end, and what is proven by then."""
