"""Kill, full disk, read-only folder, damaged files: a fault of a job is that job's, and the queue lives.

Each row of the matrix breaks one job, and then a sound one must be done.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.disks import small_disk
from tests.web.conftest import Client, client_of

from winset.errors import MOST_SAID, DataError
from winset.files import replacing
from winset.web import jobs as queue
from winset.web import worker
from winset.web.jobs import Jobs
from winset.web.sealed import seal
from winset.web.settings import Settings
from winset.web.spoken import spoken

BODY = {
    "study": "deal",
    "deal": {"issues": {"x": {"A": 3, "B": -1}, "y": {"A": -1, "B": 3}}},
}


def until(true: Callable[[], Any], seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    made = Jobs(Settings(jobs=tmp_path / "jobs"))
    made.open()
    yield made
    made.close()


def ended(made: Jobs, job: str) -> dict[str, Any]:
    return until(lambda: (found := made.get(job))["state"] not in ("queued", "running") and found)  # type: ignore[no-any-return]


def lives(made: Jobs) -> None:
    """A sound job is done."""
    assert made._thread.is_alive()
    assert ended(made, made.add(BODY)["id"])["result"]["package"] == ["x", "y"]


def no_room(*_: Any, **__: Any) -> Any:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def read_only(*_: Any, **__: Any) -> Any:
    raise OSError(errno.EROFS, os.strerror(errno.EROFS))


def unmade(path: Path, _: Any) -> None:
    """As `replacing` says it."""
    try:
        no_room()
    except OSError as error:
        raise DataError(f"cannot write {path}: {error.strerror}.") from error


@pytest.mark.parametrize("fault", [no_room, read_only, unmade])
def test_a_failure_that_cannot_be_written_does_not_end_the_queue(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch, fault: Any
) -> None:
    """The fault of 0.1.0: writing error.json raised in the thread of the queue, which ended."""
    with monkeypatch.context() as broken:
        broken.setattr(Jobs, "_start", no_room)
        job = jobs.add(BODY)["id"]
        broken.setattr(worker, "write", fault)
        said = ended(jobs, job)
        assert (said["state"], "could not be started" in said["error"]) == ("failed", True)
        assert jobs.all()["jobs"][0]["state"] == "failed"
    lives(jobs)
    assert jobs.cancel(job)["state"] == "removed"


@pytest.mark.parametrize("method", ["_wait", "_start"])
def test_any_fault_of_one_job_is_that_jobs(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    def fall(*_: Any) -> Any:
        raise RuntimeError("not foreseen")

    with monkeypatch.context() as broken:
        broken.setattr(Jobs, method, fall)
        said = ended(jobs, jobs.add(BODY)["id"])
        assert said["error"] == "the job could not be run (RuntimeError)."
    lives(jobs)


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [(no_room, 507, "disk of the server is full"), (unmade, 507, "disk"), (read_only, 503, "cannot write")],
)  # fmt: skip
def test_an_order_that_cannot_be_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Any, status: int, words: str
) -> None:
    with client_of(Settings(jobs=tmp_path)) as client:
        with monkeypatch.context() as broken:
            broken.setattr(worker, "write", fault)
            said = client.post("/api/jobs", BODY)
            assert (said.status_code, words in said.json()["error"]) == (status, True)
            assert str(tmp_path) not in said.text
        assert client.get("/api/jobs").json() == {"jobs": []}
        assert [path for path in tmp_path.iterdir() if path.is_dir()] == []
        assert client.post("/api/jobs", BODY).status_code == 202


def test_the_queue_waits_for_room_and_goes_on(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "LOOK_AGAIN", 0.05)
    with monkeypatch.context() as broken:
        broken.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 0))  # type: ignore[attr-defined]
        job = jobs.add(BODY)["id"]
        said = until(lambda: (found := jobs.get(job)).get("waits") and found)
        assert (said["state"], "begins when there is room" in said["waits"]) == ("queued", True)
    assert ended(jobs, job)["state"] == "done"
    assert "waits" not in jobs.get(job)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("28", "was full, 3 times"),
        ("1", "ended 3 times without a result"),
        ("-9", "killed 3 times"),
    ],
)
def test_a_worker_that_ends_without_a_word_is_given_up(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch, code: str, words: str
) -> None:
    end = f"os.kill(os.getpid(), {code[1:]})" if code[0] == "-" else f"os._exit({code})"

    def start(*_: Any) -> Any:
        return subprocess.Popen([sys.executable, "-c", f"import os; {end}"], stdin=subprocess.PIPE)

    with monkeypatch.context() as broken:
        broken.setattr(Jobs, "_start", start)
        said = ended(jobs, jobs.add(BODY)["id"])
        assert (said["state"], words in said["error"]) == ("failed", True), said
    lives(jobs)


@pytest.mark.parametrize("fault", [no_room, unmade])
def test_a_worker_on_a_full_disk_says_so_by_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Any
) -> None:
    monkeypatch.setattr(worker, "_end_with_the_server", lambda: None)
    monkeypatch.setattr(worker, "solve", lambda _: {})
    monkeypatch.setattr(worker, "write", fault)
    monkeypatch.setattr(sys, "argv", ["worker", str(tmp_path), "0"])
    monkeypatch.setattr("resource.setrlimit", lambda *_: None)
    monkeypatch.setattr(os, "nice", lambda _: None)
    with pytest.raises(SystemExit) as left:
        worker.main()
    assert left.value.code == worker.NO_ROOM
    monkeypatch.setattr(worker, "write", read_only)
    with pytest.raises(OSError, match="ead-only"):
        worker.main()


def test_progress_that_cannot_be_written_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for fault in (no_room, unmade):
        monkeypatch.setattr(worker, "write", fault)
        worker.progress(tmp_path)(1, 2)


def test_a_worker_says_what_it_did_not_foresee(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fall(_: Path) -> Any:
        raise KeyError("secret")

    monkeypatch.setattr(worker, "solve", fall)
    assert worker.outcome(tmp_path, 0) == (
        "error.json",
        {"error": "winset failed; the log of the job says where."},
    )
    assert "KeyError: 'secret'" in capsys.readouterr().err


ORDER = {
    "study": "deal", "title": "t", "players": [], "resolution": None, "total": 1, "created": 1.0,
    "body": BODY,
}  # fmt: skip
BROKEN = {
    "empty": b"",
    "cut": json.dumps(ORDER).encode()[:40],
    "bytes": b"\xff\x00\xfe",
    "list": b"[]",
    "deep": b"[" * 100_000,
    "number": b"3",
    "null": b"null",
    "nothing": b"{}",
    "unsealed": json.dumps(ORDER).encode(),
    "another": json.dumps(seal(ORDER)).replace('"A": 3', '"A": 7').encode(),
    **{
        f"{key} {value!r}": json.dumps(seal(ORDER | {key: value})).encode()
        for key, value in (
            ("title", 3), ("title", None), ("players", "CHN"), ("players", [1]), ("total", -1),
            ("total", "1"), ("created", None), ("created", float("nan")), ("study", []),
            ("resolution", "fine"),
        )
    },
    "sealed list": json.dumps(seal([ORDER])).encode(),
    "no body": json.dumps(seal({k: v for k, v in ORDER.items() if k != "body"})).encode(),
}  # fmt: skip


def test_a_damaged_order_is_one_failed_job(tmp_path: Path) -> None:
    """In 0.1.0 GET /api/jobs was a 500 for all, and the queue ended."""
    broken = {f"{number:016x}": name for number, name in enumerate(BROKEN)}
    for folder, name in broken.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "order.json").write_bytes(BROKEN[name])
    with client_of(Settings(jobs=tmp_path)) as client:
        job = client.post("/api/jobs", BODY).json()["id"]
        listed = client.get("/api/jobs")
        assert listed.status_code == 200
        said = {one["id"]: one for one in listed.json()["jobs"]}
        assert set(said) == {*broken, job}
        until(lambda: client.get(f"/api/jobs/{job}").json()["state"] == "done")
        for folder, name in broken.items():
            assert said[folder]["state"] == "failed", name
            assert (
                said[folder]["error"]
                == "its order.json is damaged. Remove the job, and send it again."
            ), name
            removed = client.request("DELETE", f"/api/jobs/{folder}")
            assert (removed.status_code, removed.json()["state"]) == (200, "removed"), name
            assert not (tmp_path / folder).exists(), name


@pytest.mark.parametrize("file", ["order.json", "result.json"])
def test_a_flipped_bit_of_a_job_is_found(tmp_path: Path, file: str) -> None:
    """Without a checksum a digit of an answer could change, and nobody would know."""
    folder = tmp_path / "0123456789abcdef"
    folder.mkdir()
    result = {"package": ["x", "y"], "gains": {"A": 2.5, "B": 2.0}}
    for name, said in (("order.json", ORDER), ("result.json", result)):
        worker.write(folder / name, seal(said))
    sound = (folder / file).read_bytes()
    made = Jobs(Settings(jobs=tmp_path))
    assert made.get(folder.name)["result"] == result
    for place in range(len(sound)):
        held = bytearray(sound)
        held[place] ^= 1 << place % 8
        (folder / file).write_bytes(held)
        said = made.get(folder.name)
        assert (said["state"], f"its {file} is damaged" in said["error"]) == ("failed", True), place


@pytest.mark.parametrize("file", ["progress.json", "error.json", "result.json"])
@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b"{}", b'{"error": 3, "done": "x", "total": []}']
)
def test_other_damaged_files_are_that_jobs(tmp_path: Path, file: str, content: bytes) -> None:
    folder = tmp_path / "0123456789abcdef"
    folder.mkdir()
    (folder / "order.json").write_text(json.dumps(seal(ORDER)), "utf-8")
    (folder / file).write_bytes(content)
    with client_of(Settings(jobs=tmp_path)) as client:
        for url in ("/api/jobs", f"/api/jobs/{folder.name}"):
            assert client.get(url).status_code == 200, url
        said = until(
            lambda: (found := client.get(f"/api/jobs/{folder.name}").json())["state"]
            in ("done", "failed") and found
        )  # fmt: skip
        if file == "progress.json":
            assert (said["state"], said["result"]["package"]) == ("done", ["x", "y"])
        elif file == "error.json":
            assert "error.json is damaged" in said["error"]
        else:
            assert "its result.json is damaged" in said["error"]
        assert client.request("DELETE", f"/api/jobs/{folder.name}").status_code == 200


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    bad = tmp_path / "0123456789abcdef"
    (bad / "order.json").mkdir(parents=True)
    with client_of(Settings(jobs=tmp_path)) as client:
        assert client.get("/api/jobs").json() == {"jobs": []}
        assert client.get(f"/api/jobs/{bad.name}").status_code == 404
        assert client.request("DELETE", f"/api/jobs/{bad.name}").status_code == 404


def test_two_who_remove_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In 0.1.0 the second was answered with 500."""
    monkeypatch.setattr(Jobs, "_start", no_room)
    with client_of(Settings(jobs=tmp_path)) as client:
        for _ in range(5):
            job = client.post("/api/jobs", BODY).json()["id"]
            until(lambda: client.get(f"/api/jobs/{job}").json()["state"] == "failed")  # noqa: B023
            found: list[int] = []
            both = [
                threading.Thread(
                    target=lambda: found.append(  # noqa: B023
                        client.request("DELETE", f"/api/jobs/{job}").status_code  # noqa: B023
                    )
                )
                for _ in range(4)
            ]
            for one in both:
                one.start()
            for one in both:
                one.join()
            assert sorted(found) == [200, 404, 404, 404]


def test_a_folder_that_cannot_be_removed_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Jobs, "_start", no_room)
    with client_of(Settings(jobs=tmp_path)) as client:
        job = client.post("/api/jobs", BODY).json()["id"]
        until(lambda: client.get(f"/api/jobs/{job}").json()["state"] == "failed")
        monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)
        said = client.request("DELETE", f"/api/jobs/{job}")
        assert (said.status_code, "cannot be removed" in said.json()["error"]) == (503, True)


def test_cancelled_though_the_folder_takes_nothing(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "LOOK_AGAIN", 0.05)
    with monkeypatch.context() as broken:
        broken.setattr(Jobs, "_standstill", lambda _: "no room")
        job = jobs.add(BODY)["id"]
        broken.setattr(Path, "touch", no_room)
        assert jobs.cancel(job)["state"] == "cancelled"
    lives(jobs)
    assert jobs.get(job)["state"] == "cancelled"


def test_a_disk_that_fills_and_empties(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real one: refused or waiting while it is full, done when there is room."""
    monkeypatch.setattr(queue, "LOOK_AGAIN", 0.1)
    with (
        small_disk(tmp_path / "disk", 2_000_000) as disk,
        client_of(Settings(jobs=disk.place / "jobs")) as client,
    ):
        waits = disk.fill()
        full = client.post("/api/jobs", BODY)
        assert full.status_code == 507, full.text
        waits.write_bytes(b"x" * 1_500_000)  # room for an order, not for a job
        job = client.post("/api/jobs", BODY)
        assert job.status_code == 202, job.text
        until(lambda: "room" in client.get(f"/api/jobs/{job.json()['id']}").json().get("waits", ""))
        assert client.get("/api/jobs").status_code == 200
        waits.unlink()
        until(lambda: client.get(f"/api/jobs/{job.json()['id']}").json()["state"] == "done")


def test_a_message_names_no_folder_of_the_server(tmp_path: Path) -> None:
    jobs = tmp_path / "a folder of jobs"
    home = Path("~").expanduser()
    for path in (jobs / "x" / "values.npy", home / ".cache" / "y", Path(worker.__file__)):
        said = spoken(f"{path}: cannot be read.", jobs)
        assert said.endswith(f"{path.name}: cannot be read.")
        assert str(path.parent) not in said
    assert spoken("Send it to POST /api/jobs.") == "Send it to POST /api/jobs."
    assert len(spoken("x" * 10**6)) < MOST_SAID + 10


def test_no_error_of_a_file_tells_its_folder(client: Client) -> None:
    """A world that is embedded and cannot be read is a fault of the server, told without its place."""
    from winset.web import answers

    def fall() -> Any:
        with replacing(Path(worker.__file__) / "x"):
            pass

    kept = answers.worlds
    answers.worlds = fall  # type: ignore[assignment]
    try:
        said = client.get("/api/worlds")
    finally:
        answers.worlds = kept
    assert said.status_code == 422
    assert str(Path(worker.__file__).parent) not in said.text
