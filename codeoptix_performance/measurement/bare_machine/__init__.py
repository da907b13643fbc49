"""What the machine, the load generator and the sandbox take by themselves, with no app's work."""
