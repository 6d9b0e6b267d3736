"""The sentences after a logged symptom, by id, for every surface. Pure.

After the red flags only the clinician is named. After a serious or growing symptom nothing may sound like a cause.
"""

from __future__ import annotations

from slowrise.core.symptoms import SymptomResponse


def sentences_for(response: SymptomResponse) -> list[str]:
    """Return the ids of the sentences after the entry, in order, for a terminal."""
    told_how = ["clinician-spoken"] if response.clinician else []
    offer = ["flare-up-offer"] if response.flare_up else []
    where = [] if response.none or response.shows_red_flags else ["red-flags-where"]
    return [*_sentences(response), *told_how, *offer, *where]


def window_sentences_for(response: SymptomResponse) -> list[str]:
    """Return them for the window, which has a button for the flare-up and a box for the clinician."""
    return [each for each in _sentences(response) if each != "symptom-ease-off"]


def _sentences(response: SymptomResponse) -> list[str]:
    if response.none:
        return ["symptom-none"]
    if response.call:
        return ["red-flag-call", "red-flag-after", "symptom-log"]
    if response.clinician:
        return ["clinician", "symptom-log"]
    if response.contact:
        return ["red-flag-after", "symptom-log"]
    return ["symptom-log", "symptom-ease-off"] if response.ease_off else ["symptom-log"]
