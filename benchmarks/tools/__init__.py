"""Load generators as they are started by hand, and what each says it has seen."""
