"""Takes words from people and programs. Hands on Settings: frozen, checked, complete."""
