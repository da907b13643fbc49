"""The CodeOptiX door, the only room that imports the host. Takes its words, answers its records."""

__all__ = ["register"]


def register():  # type: ignore[no-untyped-def]  # noqa: ANN201 - typing is too slow to import at start-up
    """Makes a host that is already imported know its plugins; answers what became of each seam."""
    from codeoptix_performance.host.seams import register as register_now  # noqa: PLC0415 - as above

    return register_now()
