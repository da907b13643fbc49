"""Makes the host know its plugins: a finder that waits until the host's own modules are imported.

Runs at the start of every interpreter of the environment, so it loads nothing but ``os`` and
``sys``, which are there already.
"""

import os
import sys

SWITCH = "CODEOPTIX_PERFORMANCE_AUTOLOAD"
"""Set to ``0``, this environment variable leaves the host untouched."""

HOST_MODULES = frozenset(
    {
        "codeoptix.behaviors",
        "codeoptix.evaluation.engine",
        "codeoptix.cli",
        "codeoptix.utils.llm",
    }
)


class HostFinder:
    """Lets the other finders find a host module, and the seams touch it once it has run."""

    marker = "codeoptix_performance.host.autoload"

    def find_spec(self, name, path=None, target=None):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, D102 - typing is too slow to import here
        if name not in HOST_MODULES:
            return None
        for finder in sys.meta_path:
            if finder is self or getattr(finder, "marker", None) == self.marker:
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                _touch_after_execution(spec)
                return spec
        return None


def install() -> None:
    """One finder on ``sys.meta_path``, however often this is called; none if switched off."""
    if not is_switched_off() and not is_installed():
        sys.meta_path.insert(0, HostFinder())


def is_installed() -> bool:
    """True while the finder waits for the host."""
    return any(getattr(finder, "marker", None) == HostFinder.marker for finder in sys.meta_path)


def is_switched_off() -> bool:
    """True where the environment says to leave the host untouched."""
    return os.environ.get(SWITCH) == "0"


def _touch_after_execution(spec) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - as above
    execute = getattr(spec.loader, "exec_module", None)
    if execute is None:
        return

    def execute_and_touch(module):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - as above
        execute(module)
        from codeoptix_performance.host.seams import touch  # noqa: PLC0415 - not before the host

        touch(module)

    # On the loader object itself: it stays the loader everybody knows (resources, source).
    spec.loader.exec_module = execute_and_touch
