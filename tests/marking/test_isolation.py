"""Work in processes of its own: what comes back, what is ended, and that the rest is as without it."""

import os
import signal
import sys
import time
from multiprocessing import get_context
from pathlib import Path

import pytest

from symnet.marking import isolation
from symnet.marking.isolation import Failure, Limits, isolated

# What sleeps is not waited for long; on a busy machine it is the processor's time that counts.
LIMITS = Limits(seconds=0.4, memory=1 << 27, result=10_000, patience=10)


def _sleep():
    time.sleep(60)


def _spin():
    while True:
        pass


def _hoard():
    held = []
    while True:
        held.append(bytearray(1 << 24))


def _recurse():
    return _recurse()


def _write():
    Path("written.txt").write_bytes(b"x" * 10)


def _descriptors():
    return b"|".join([os.read(0, 10), *(bytes(Path(f"/proc/self/fd/{number}").readlink()) for number in range(3))])


def _say():
    print("\x1b[31mnoise\x1b[0m", flush=True)
    print("noise", file=sys.stderr, flush=True)
    os.write(1, b"noise")
    os.write(2, b"noise")


def _interrupt():
    os.kill(os.getpid(), signal.SIGINT)
    return b"still here"


def _work():
    """Take 0.15 s of the processor."""
    start = time.process_time()
    while time.process_time() - start < 0.15:
        pass
    return b"done"


def _keep():
    """Hold 40 MB for good."""
    HELD.append(bytearray(40 << 20))
    return str(os.getpid()).encode()


HELD = []
ACTIONS = {
    b"keep": _keep,
    b"nap": lambda: time.sleep(0.6) or b"rested",
    b"work": _work,
    b"sleep": _sleep,
    b"spin": _spin,
    b"hoard": _hoard,
    b"raise": lambda: {}["key"],
    b"recurse": _recurse,
    b"exit": lambda: os._exit(0),
    b"leave": lambda: sys.exit(3),
    b"kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    b"much": lambda: b"x" * 10_001,
    b"write": _write,
    b"read": _descriptors,
    b"say": lambda: _say() or b"said",
    b"interrupt": _interrupt,
    b"pid": lambda: str(os.getpid()).encode(),
}


def _first(path):
    """Last for ever the first time, which leaves a folder behind; the next time, do not."""
    try:
        Path(path).mkdir()
    except FileExistsError:
        return b"again"
    return _spin()


def work(content):
    """Do what is asked for by name, or turn the letters round."""
    if content.startswith(b"first "):
        return _first(os.fsdecode(content.removeprefix(b"first ")))
    return ACTIONS[content]() if content in ACTIONS else content[::-1]


def prepared():
    """Return the work; another process can import this."""
    return work


def results(pieces, limits=LIMITS, **more):
    """Return what comes of each piece, in the order of the pieces."""
    found = dict(isolated(prepared, pieces, limits, **more))
    assert sorted(found) == list(range(len(pieces)))
    return [found[index] for index in range(len(pieces))]


def test_each_piece_has_its_result():
    """Every piece comes back worked on, whatever the number of processes."""
    pieces = [f"piece {number}".encode() for number in range(12)]
    expected = [piece[::-1] for piece in pieces]
    assert results(pieces) == results(pieces, jobs=4) == expected


def test_nothing_is_no_work():
    """Without any piece nothing comes back."""
    assert results([]) == []


@pytest.mark.parametrize(
    ("piece", "failure"),
    [
        (b"sleep", Failure.TIME),
        (b"spin", Failure.TIME),
        (b"hoard", Failure.MEMORY),
        (b"raise", Failure.FAULT),
        (b"recurse", Failure.FAULT),
        (b"write", Failure.FAULT),
        (b"exit", Failure.ENDED),
        (b"leave", Failure.ENDED),
        (b"kill", Failure.ENDED),
        (b"much", Failure.SIZE),
    ],
)
def test_what_goes_wrong_is_told_and_stays_alone(piece, failure, tmp_path, monkeypatch):
    """A piece over a limit, or one that ends its process, has its own failure; those beside it have their results."""
    monkeypatch.chdir(tmp_path)
    assert results([b"abc", piece, b"def"], jobs=2) == [b"cba", failure, b"fed"]
    assert not any(path.stat().st_size for path in tmp_path.iterdir())


def test_the_time_limit_is_kept():
    """Pieces that would last for ever are ended: what works by the processor's time, what sleeps by the clock."""
    assert results([b"sleep", b"spin"], Limits(seconds=0.3, patience=5), jobs=2) == [Failure.TIME] * 2


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system gives processes no processor of their own")
def test_it_is_the_time_of_the_processor_that_counts():
    """A piece that has to wait for a busy machine is not out of time; one that takes its time by the clock is not."""
    assert results([b"nap"], Limits(seconds=0.1, patience=200)) == [b"rested"]
    everywhere = os.sched_getaffinity(0)
    spinning = [get_context("fork").Process(target=_spin, daemon=True) for _ in range(2)]
    # One processor for all of them is busy with five, and the others have nothing to do with it.
    os.sched_setaffinity(0, {min(everywhere)})
    try:
        for process in spinning:
            process.start()
        # Each takes half of its limit of the processor, and much more than that by the clock.
        limits = Limits(seconds=0.3, patience=200)
        assert results([b"work"] * 3, limits, jobs=3) == [b"done"] * 3
    finally:
        os.sched_setaffinity(0, everywhere)
        for process in spinning:
            process.kill()
            process.join()


def test_what_times_out_is_tried_once_more_alone(tmp_path):
    """A piece that ran out of time beside others comes out when it is tried again; one that never ends does not."""
    seen = tmp_path / "seen"
    pieces = [b"first " + bytes(seen), b"abc", b"spin", b"def"]
    # What is tried again comes last, and nothing runs beside it.
    found = list(isolated(prepared, pieces, Limits(seconds=0.3, patience=20), jobs=4))
    assert dict(found) == {0: b"again", 1: b"cba", 2: Failure.TIME, 3: b"fed"}
    assert sorted(index for index, _ in found[2:]) == [0, 2]


def test_a_process_ends_itself_when_nobody_is_left(monkeypatch):
    """The system ends a process soon after its time limit, even if nobody watches it."""
    monkeypatch.setattr(isolation, "_GRACE", 0.3)
    for piece, ended in ((b"spin", signal.SIGPROF), (b"sleep", signal.SIGALRM)):
        watched = isolation._Worker(isolation.get_context("fork"), prepared, Limits(seconds=0.2, patience=20))
        watched.begin(0, piece, 60)
        watched.process.join(60)
        assert watched.process.exitcode == -ended
        watched.end()


def test_no_process_is_left():
    """Every process has ended when all is done, and also when nobody wants the rest."""
    pids = [int(pid) for pid in results([b"pid"])]
    begun = isolated(prepared, [b"pid", b"sleep", b"sleep"], Limits(seconds=50), jobs=3)
    pids.append(int(next(begun)[1]))
    begun.close()
    assert len(set(pids)) == 2
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def _left_alone(sender):
    """Have two processes work, say which, and be killed while they wait for more."""
    begun = isolated(prepared, [b"pid", b"pid", *[b"nap"] * 2], Limits(seconds=9), jobs=2)
    sender.send([int(next(begun)[1]), int(next(begun)[1])])
    next(begun)
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_process_ends_when_its_parent_was_killed():
    """Processes that wait for more end as soon as nobody is left to send it; those at work end after their piece."""
    receiver, sender = get_context("fork").Pipe()
    parent = get_context("fork").Process(target=_left_alone, args=(sender,))
    parent.start()
    pids = receiver.recv()
    parent.join(60)
    for pid in pids:
        state = Path(f"/proc/{pid}/stat")
        until = time.monotonic() + 60
        # One that nobody waits for may stay as a zombie.
        while state.exists() and state.read_text(encoding="ascii").split()[2] != "Z":
            assert time.monotonic() < until
            time.sleep(0.05)
    sender.close()
    receiver.close()
    parent.close()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_nothing_is_read_or_said(capfd):
    """A process has neither standard input nor output nor errors."""
    assert results([b"read", b"say"]) == [b"|/dev/null|/dev/null|/dev/null", b"said"]
    assert capfd.readouterr() == ("", "")


def test_the_keyboard_interrupts_the_parent_alone():
    """An interrupt does not make a process fail: ending it is left to the one that started it."""
    assert results([b"interrupt"]) == [b"still here"]


@pytest.mark.parametrize("fork", [True, False])
def test_processes_serve_one_after_the_other(fork):
    """A few processes do all, with the same limits; one that is ended or has failed is replaced."""
    pieces = [b"pid", b"abc", b"hoard", b"sleep", b"pid", b"raise", b"much", b"pid"]
    found = results(pieces, Limits(seconds=1, memory=1 << 27, result=10_000, patience=6), fork=fork)
    assert found[1:4] == [b"cba", Failure.MEMORY, Failure.TIME]
    assert found[5:7] == [Failure.FAULT, Failure.SIZE]
    assert len({found[0], found[4], found[7]}) == 3
    same = results([b"pid", b"abc", b"pid"], fork=fork)
    assert same[0] == same[2]


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
def test_a_process_that_has_grown_is_replaced():
    """What one piece leaves in memory is not there for the next, where it is much; its result counts."""
    limits = Limits(seconds=5, memory=1 << 28)
    first, *others = results([b"keep", b"pid", b"pid", b"abc"], limits)
    assert others[0] == others[1] != first
    allowed, again = results([b"keep", b"pid"], limits._replace(growth=1 << 30))
    assert allowed == again
