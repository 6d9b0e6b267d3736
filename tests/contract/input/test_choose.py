from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

import pytest

from slowrise.adapters.input import choose, terminal
from slowrise.adapters.input.choose import SOURCES, NothingToWatch, probe_all
from support.input_sessions import XSession


@pytest.fixture
def no_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a desktop (the environment of the tests has none) nor a terminal."""
    monkeypatch.setattr(terminal, "own_terminals", frozenset)


def test_without_a_source_each_has_a_reason_and_a_fix(no_source: None) -> None:
    with pytest.raises(NothingToWatch) as refusal:
        asyncio.run(choose.choose())
    assert [each.name for each in refusal.value.probes] == list(SOURCES)
    assert all(each.reason and each.fix for each in refusal.value.probes)
    assert str(refusal.value) == "there is no desktop and no terminal to watch"


def test_the_display_that_is_awaited_is_the_reason(no_source: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")
    with pytest.raises(NothingToWatch, match=r"^no X server answers at DISPLAY=:4711$"):
        asyncio.run(choose.choose())


@pytest.mark.parametrize("name", SOURCES)
def test_a_forced_source_is_the_only_one_tried(no_source: None, name: str) -> None:
    with pytest.raises(NothingToWatch) as refusal:
        asyncio.run(choose.choose(name))
    assert [each.name for each in refusal.value.probes] == [name]


@pytest.mark.real("Xvfb")
def test_chooses_the_first_source_that_works_and_logs_it_once(
    no_source: None, private_home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(choose, "_logged", set())
    with XSession(private_home, monkeypatch):
        assert asyncio.run(choose.choose()).name == "x11_idle"
        assert [record.getMessage().split()[1] for record in caplog.records] == ["wayland_idle", "mutter", "x11_idle"]
        caplog.clear()
        assert asyncio.run(choose.choose()).name == "x11_idle"
        assert not caplog.records
        assert asyncio.run(choose.choose("pynput", resolution=7)).name == "pynput"
        assert asyncio.run(choose.choose("pynput", resolution=7)).resolution == 7
        assert {probe.name: probe.works for probe in asyncio.run(probe_all())} == {
            "wayland_idle": False,
            "mutter": False,
            "x11_idle": True,
            "pynput": True,
            "terminal": False,
        }


def test_only_pynput_is_tried_outside_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert choose._order() == ("pynput",)
