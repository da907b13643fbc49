"""What the load generators are pointed at; every server stands on loopback and knows the truth."""
