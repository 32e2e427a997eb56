"""How much work something takes, without asking a clock for seconds, which say more about the machine than the code."""

import sys
import time
import tracemalloc


def calls(action):
    """Return how many functions ``action`` calls, Python's own and those in C: about the same on every machine."""
    count = 0

    def counted(frame, event, argument):  # noqa: ARG001 - the signature that Python asks for
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        action()
    finally:
        sys.setprofile(before)
    return count


def memory(action):
    """Return how many bytes ``action`` holds at most, for work that is one call: a number of millions of digits."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def processor(action):
    """Return the processor time of ``action``: only for ratios to that of a peer in the same run, with room."""
    start = time.process_time()
    action()
    return time.process_time() - start
