"""`slowrise stand-up`: one step after the other on a terminal, all at once elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from slowrise.adapters.system.resources import read_guidance
from support.daemon_process import User, private_environ
from support.terminal_run import TerminalRun

STEPS = read_guidance().steps


@pytest.fixture
def user(private_home: Path) -> User:
    return User(private_home, {**private_environ(), "LANG": "C.UTF-8"})


def test_without_a_terminal_and_on_demand_all_steps_come_at_once(user: User) -> None:
    lines = user.ask("stand-up").splitlines()
    assert lines[:-2] == [f"{number}. {step.say}" for number, step in enumerate(STEPS, start=1)]
    assert lines[-2].startswith("Sitting down: ")
    assert lines[-1] == "When to get help at once: slowrise red-flags"
    with TerminalRun(user.environ, "stand-up", "--all") as run:
        assert run.ended() == 0
        assert f"{len(STEPS)}. " in run.printed


def test_on_a_terminal_a_step_follows_by_itself_and_enter_goes_on_at_once(user: User) -> None:
    with TerminalRun(user.environ, "stand-up") as run:
        run.wait_for("Enter goes on at once, Ctrl-C ends.")
        for number in range(1, len(STEPS) + 1):
            run.wait_for(f"\n{number}. ")
            if number > 1:
                run.type("\n")
        assert run.ended() == 0
        assert "Sitting down: " in run.printed


def test_ctrl_c_ends_it_without_a_complaint(user: User) -> None:
    with TerminalRun(user.environ, "stand-up") as run:
        run.wait_for("\n1. ")
        run.interrupt()
        assert run.ended() == 0
        assert "Aborted" not in run.printed
        assert "Sitting down: " not in run.printed
