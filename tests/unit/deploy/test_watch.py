"""What the terminal is told while CONNECT runs."""

from pathlib import Path

from deploy.embedded.layout import Home
from deploy.supervision.supervisor import Child
from deploy.supervision.watch import Change, Observer, how_it_ended


def _child(pid: int, state: str = "RUNNING", name: str = "intake") -> Child:
    return Child(name, state, pid, 0.0)


def test_the_first_look_tells_nothing() -> None:
    assert Observer().see([_child(7)]) == []


def test_a_process_that_was_replaced_between_two_looks_died_and_runs_again() -> None:
    observer = Observer()
    observer.see([_child(7)])
    assert observer.see([_child(8, "STARTING")]) == [Change("intake"), Change("intake", 8)]
    assert observer.see([_child(8)]) == []


def test_a_process_that_waits_for_its_next_try_died_once_and_comes_back_once() -> None:
    observer = Observer()
    observer.see([_child(7)])
    assert observer.see([_child(0, "BACKOFF")]) == [Change("intake")]
    assert observer.see([_child(0, "BACKOFF")]) == []
    assert observer.see([_child(9, "STARTING")]) == [Change("intake", 9)]


def test_the_last_exit_in_the_supervisors_log_says_how(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.logs.mkdir()
    (home.logs / "supervisor.log").write_text(
        "2026-11-22 21:20:56,595 WARN exited: intake (exit status 1; not expected)\n"
        "2026-11-22 21:22:13,716 WARN exited: intake (terminated by SIGKILL; not expected)\n"
        "2026-11-22 21:22:16,956 WARN exited: kafka (exit status 143; not expected)\n"
    )
    assert how_it_ended(home, "intake") == "terminated by SIGKILL"
    assert how_it_ended(home, "kafka") == "exit status 143"
    assert how_it_ended(home, "portal") == "for an unknown reason"
