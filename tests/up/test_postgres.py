import signal
import subprocess
from pathlib import Path

import psycopg
import pytest

from playground.up.ports import free_port
from playground.up.postgres import STOP_SIGNAL, Cluster, wait_ready


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    cluster = Cluster(tmp_path / "postgres", free_port(), "secret")
    cluster.initialise()
    return cluster


def serving(cluster: Cluster) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(  # noqa: S603
        cluster.command(),
        preexec_fn=cluster.become(),  # noqa: PLW1509 - there is one thread
        cwd="/",
        stderr=subprocess.DEVNULL,
    )
    assert wait_ready(cluster)
    return process


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(STOP_SIGNAL)
    process.wait(30)


def test_what_was_committed_survives_kill_9(cluster: Cluster) -> None:
    process = serving(cluster)
    with psycopg.connect(cluster.url) as database:
        database.execute("create table kept as select 42 as answer")
    process.kill()
    process.wait()
    again = serving(cluster)
    with psycopg.connect(cluster.url) as database:
        assert database.execute("select answer from kept").fetchone() == (42,)
    stop(again)


def test_a_pid_file_that_names_a_stranger_is_forgotten(cluster: Cluster) -> None:
    stranger = subprocess.Popen(["sleep", "600"], preexec_fn=cluster.become())  # noqa: S607, PLW1509
    (cluster.folder / "postmaster.pid").write_text(f"{stranger.pid}\n{cluster.folder}\n")
    cluster.initialise()
    stop(serving(cluster))
    stranger.send_signal(signal.SIGKILL)
    stranger.wait()


def test_a_cluster_that_was_killed_half_made_is_made_anew(tmp_path: Path) -> None:
    draft = tmp_path / "postgres.new"
    draft.mkdir()
    (draft / "half").write_text("")
    cluster = Cluster(tmp_path / "postgres", free_port(), "secret")
    cluster.initialise()
    stop(serving(cluster))
