"""The CodeOptiX door: the only room that imports codeoptix."""
