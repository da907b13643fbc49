"""Takes a Target and Settings. Hands requests to a Sink, and on a LoadReport."""
