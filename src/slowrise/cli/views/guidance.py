"""The guidance in force with its sources, on one page for the user or a clinician."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from slowrise.cli.views.i18n import _
from slowrise.cli.views.profile import limits_table, profile_name
from slowrise.config.config import LimitSettings
from slowrise.core.model.policy import Policy
from slowrise.core.prompts.suggestions import SUGGESTIONS
from slowrise.messages.emergency import Source
from slowrise.messages.guidance import Guidance, Suggestion, rules_in_force, suggestion

ABOUT = ("about-disc", "about-calcification", "about-limits", "about-evidence", "about-exercise")
"""Texts at the top of the page. All but the last are printed nowhere else."""


def guidance_page(guidance: Guidance, policy: Policy, until: datetime | None = None) -> str:
    """Return the page: profile, limits, rules, suggestions, steps, sentences, red flags, disclaimer, sources."""
    parts = (
        _heading(guidance, policy, until),
        _about(guidance),
        _limits(policy),
        _rules(guidance, policy),
        _suggestions(guidance, policy),
        _seated(guidance),
        _steps(guidance),
        _sentences(guidance),
        (_("Red flags"), guidance.emergency),
        (_("Emergency number"), number_and_source(guidance)),
        (_("Disclaimer"), guidance.disclaimer.say),
        _article(guidance),
        (_("Sources"), *(f"  {name}: {source}" for name, source in guidance.sources.items())),
    )
    return "\n\n".join("\n".join(part) for part in parts)


def guidance_object(guidance: Guidance, policy: Policy, until: datetime | None = None) -> dict[str, Any]:
    """Return the same as plain data. The rules have the limits filled in."""
    rules = {name: {"say": sentence, "from": sources} for name, sentence, sources in rules_in_force(policy, guidance)}
    whole: dict[str, Any] = msgspec.to_builtins(guidance)
    return {"profile": policy.profile, "until": until, "limits": limits_of(policy), **whole, "rules": rules}


def _heading(guidance: Guidance, policy: Policy, until: datetime | None) -> Iterator[str]:
    ends = _(", until {day}").format(day=f"{until:%Y-%m-%d}") if until else ""
    yield _("Guidance in force: the {profile} profile{ends}").format(profile=profile_name(policy.profile), ends=ends)
    yield _("From: {article}").format(article=guidance.article)
    yield _("Language: {language}").format(language=guidance.language)
    if guidance.note:
        yield guidance.note


def number_and_source(guidance: Guidance) -> str:
    """Return the emergency number, and what it follows from: `119 (from the time zone)`."""
    sources: dict[Source, str] = {
        "setting": _("from your setting emergency_number"),
        "time zone": _("from the time zone"),
        "unknown": _("because no country is known here"),
    }
    source = guidance.emergency_call.source
    said = sources.get(source) or _("from {variable}").format(variable=source)
    return _("{number} ({source})").format(number=guidance.number, source=said)


def _about(guidance: Guidance) -> Iterator[str]:
    yield _("About")
    for name in ABOUT:
        yield f"  {guidance.say(name)} {_from(guidance.texts[name].from_)}"


def _limits(policy: Policy) -> Iterator[str]:
    yield _("Limits")
    yield from limits_table(limits_of(policy))


def limits_of(policy: Policy) -> dict[str, float]:
    """Return all limits in seconds, in the order of the settings file."""
    return {name: getattr(policy, name) for name in LimitSettings.__struct_fields__}


def _rules(guidance: Guidance, policy: Policy) -> Iterator[str]:
    yield _("Rules")
    for name, sentence, sources in rules_in_force(policy, guidance):
        yield f"  {name}  {sentence} {_from(sources)}"


def _suggestions(guidance: Guidance, policy: Policy) -> Iterator[str]:
    gently = policy.profile == "flare-up"
    yield _("Suggestions for a break")
    for name, entry in guidance.suggestions.items():
        if not (gently and SUGGESTIONS[name] == "no"):
            yield _to_do(suggestion(name, guidance, gently=gently), entry)


def _seated(guidance: Guidance) -> Iterator[str]:
    yield _("If you cannot get up now")
    for entry in guidance.seated.values():
        yield _to_do(entry.do, entry)


def _to_do(do: str, entry: Suggestion) -> str:
    avoid = _("Avoid: {what}").format(what=entry.avoid)
    return f"  - {do} {avoid} {_from(entry.from_)}"


def _steps(guidance: Guidance) -> Iterator[str]:
    yield _("Standing up slowly")
    for number, step in enumerate(guidance.steps, start=1):
        yield f"  {number}. {step.say} {_from(step.from_)}"
    yield "  " + _("Sitting down: {how}").format(how=f"{guidance.down.say} {_from(guidance.down.from_)}")


def _sentences(guidance: Guidance) -> Iterator[str]:
    yield _("Sentences")
    for table in (guidance.texts, guidance.symptoms, guidance.avoid):
        for name, text in table.items():
            if name not in ABOUT:
                yield f"  {name}: {text.say} {_from(text.from_)}"


def _article(guidance: Guidance) -> Iterator[str]:
    """Each statement of the article, and the reason if no sentence is based on it."""
    yield _("The article, statement by statement")
    for name, statement in guidance.statements.items():
        unused = " " + _("Not used, because: {why}").format(why=statement.not_said) if statement.not_said else ""
        yield f"  {name}: {statement.says}{unused}"


def _from(sources: tuple[str, ...]) -> str:
    return f"[{', '.join(sources)}]"
