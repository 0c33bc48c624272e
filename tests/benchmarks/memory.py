"""How much memory this process has needed; imports next to nothing, so that asking hardly changes the answer."""

import resource
import sys

MEBIBYTE = 1024 * 1024


def own_peak() -> float:
    """Returns the most memory that this process ever held at once, in bytes."""
    if sys.platform == "linux":  # the other count, inherited at the start, may be that of the process that started us
        with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 - pathlib would weigh more than what is measured
            return float(next(line for line in status if line.startswith("VmHWM:")).split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak) if sys.platform == "darwin" else peak * 1024.0
