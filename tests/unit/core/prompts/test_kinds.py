"""The table of kinds."""

from __future__ import annotations

from typing import get_args

from slowrise.core.prompts.kinds import KINDS, NoticeKind, PromptKind, asks_to_move, asks_to_stand_up, name_for_log


def test_every_kind_has_a_row() -> None:
    assert set(KINDS) == set(get_args(NoticeKind)) == {*get_args(PromptKind), "red-flag", "welcome", "settings"}


def test_rows_are_in_order_of_rank() -> None:
    ranks = [kind.rank for kind in KINDS.values()]
    assert ranks == sorted(ranks)


def test_the_kinds_that_ask_for_a_posture() -> None:
    assert {kind for kind in KINDS if asks_to_stand_up(kind)} == {"sit-soft", "sit-repeat", "sit-firm"}
    assert {kind for kind in KINDS if asks_to_move(kind) and not asks_to_stand_up(kind)} == {
        *("stand-soft", "stand-firm", "stand-budget")
    }


def test_no_log_shows_that_the_user_has_symptoms() -> None:
    assert {kind for kind in KINDS if name_for_log(kind) == "health"} == {"red-flag", "flare-up", "clinician"}
    assert name_for_log("clinician", "goes-on") == "health"
    assert name_for_log("sit-soft", "snooze") == "snooze"
