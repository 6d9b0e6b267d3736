"""Check that a replay of the recorded events concludes the same as the daemon did."""

from __future__ import annotations

import re
from typing import Any

from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system.resources import weights
from slowrise.history.checkpoint import decode_checkpoint
from slowrise.history.replay import Replay, as_object
from support.daemon_process import Daemon, User


def assert_replay_agrees(user: User, daemon: Daemon) -> None:
    """Check that a replay of the export has the spans and the prompts of the daemon, at the same times."""
    replayed = user.replayed()
    prompted = re.findall(r"prompt: (\S+) at (\S+),", daemon.log_text())
    assert [(prompt["kind"], prompt["at"]) for prompt in replayed["prompts"]] == prompted
    assert replayed["spans"] == concluded_spans(user)


def concluded_spans(user: User) -> list[dict[str, Any]]:
    """Return the spans in the last checkpoint of the daemon."""
    ledger = SqliteLedger.open_read_only(user.ledger)
    found = ledger.checkpoint()
    ledger.close()
    assert found is not None
    monitor = decode_checkpoint(found[1], weights())
    assert monitor is not None
    spans = monitor.spans(monitor.state.presence.now)
    return list(as_object(Replay(spans, [], []), lambda *_: "")["spans"])
