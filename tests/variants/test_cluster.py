"""A class made on a Dask cluster of several processes, of which some are killed."""

import multiprocessing
import os
import signal
from pathlib import Path

import pytest
from classes import PRODUCT, source

from symnet.variants.folder import Order, fill, tasks
from symnet.variants.select import Looked
from symnet.variants.sheets import FilesAsked

SHEETS = 60


@pytest.fixture(scope="module")
def distributed():
    """Dask, where it is installed; it is imported by the process alone that runs these tests."""
    return pytest.importorskip("distributed", reason="distributed is not installed")


def contents(folder):
    """Return the content of every file in a folder by its name."""
    return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


@pytest.fixture(scope="module")
def cluster(distributed):
    """Two worker processes, as on two machines, which a process starts that has imported what they need."""
    import dask

    multiprocessing.set_forkserver_preload(["distributed", "symnet.variants.sheets"])
    with (
        dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
        ) as found,
    ):
        yield found


def test_a_killed_worker_costs_no_sheet(distributed, cluster, tmp_path, monkeypatch):
    """With one of two workers killed in the middle, every sheet is there once, byte for byte as from one process."""
    monkeypatch.setattr("symnet.variants.folder._CHUNK", 2)
    made = tasks([Looked(number, {}, 1, ()) for number in range(SHEETS)], ())
    order = Order(source(PRODUCT), FilesAsked(("tex",)), tmp_path / "here")
    fill(order, made)
    killed = []

    def kill(more):
        """Kill a worker once the first sheets are there."""
        if more and not killed:
            killed.append(next(iter(cluster.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    with distributed.Client(cluster) as client:
        executor = client.get_executor(retries=3)
        fill(order._replace(folder=tmp_path / "there", elsewhere=True), made, executor, kill)
    assert killed
    assert contents(tmp_path / "there") == contents(tmp_path / "here")


def test_the_command_works_on_a_cluster(cluster, tmp_path):
    """`--scheduler` makes the same folder as no option at all."""
    from click.testing import CliRunner

    from symnet.cli.app import cli

    spec = tmp_path / "graph.yaml"
    spec.write_text(f"{PRODUCT}screening: {{allow: explained_by_mistakes}}\n", encoding="utf-8")
    for folder, more in (("here", []), ("there", ["--scheduler", cluster.scheduler_address])):
        result = CliRunner().invoke(
            cli, ["variants", str(spec), "--count", "3", "-f", "tex", "-o", str(tmp_path / folder), *more]
        )
        assert result.exit_code == 0, result.output
    assert contents(tmp_path / "there") == contents(tmp_path / "here")


@pytest.mark.usefixtures("distributed")
def test_an_address_where_nobody_answers_is_told(tmp_path, monkeypatch):
    """Where there is no scheduler, the error says so and the exit code is 2."""
    from click.testing import CliRunner

    from symnet.cli.app import cli

    monkeypatch.setattr("symnet.cli.cluster._SECONDS_TO_CONNECT", 0.5)
    spec = tmp_path / "graph.yaml"
    spec.write_text(PRODUCT, encoding="utf-8")
    result = CliRunner().invoke(cli, ["variants", str(spec), "--scheduler", "tcp://127.0.0.1:9", "-o", str(tmp_path)])
    assert result.exit_code == 2
    assert "no Dask scheduler answers there" in result.output


ANSWERS = (
    "answers: {dL/dw1_1_1: (a1_1-y1)*x1}\n",
    "answers: {dL/dw1_1_1: (y1-a1_1)*x1}\n",
    "no: [answers\n",
    "answers: {dL/dw1_1_1: 2^^3}\n",
)


def test_submissions_are_marked_on_a_cluster(cluster, tmp_path, monkeypatch):
    """`symnet check --scheduler` writes the reports, marks and refusals that it writes without."""
    from click.testing import CliRunner

    from symnet.cli.app import cli

    monkeypatch.setattr("symnet.cli.cluster._SHARE", 3)
    spec = tmp_path / "unit.yaml"
    spec.write_text("inputs: 1\nlayers: [{units: 1, activation: identity}]\nloss: squared_error\n", encoding="utf-8")
    handed_in = tmp_path / "answers"
    handed_in.mkdir()
    for number in range(8):
        (handed_in / f"s{number}.yaml").write_text(ANSWERS[number % len(ANSWERS)], encoding="utf-8")
    said = []
    for folder, more in (("here", []), ("there", ["--scheduler", cluster.scheduler_address])):
        place = tmp_path / folder
        result = CliRunner().invoke(cli, ["check", str(spec), str(handed_in), "-f", "json", "-o", str(place), *more])
        assert result.exit_code == 2
        said.append(result.output.replace(str(place), ""))
    assert said[0] == said[1]
    here, there = (
        {path.name: path.read_bytes() for path in (tmp_path / folder).rglob("[!.]*.*")} for folder in ("here", "there")
    )
    assert len(here) == 8
    assert here == there
