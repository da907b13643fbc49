"""The terminal door: the only room that prints or exits."""
