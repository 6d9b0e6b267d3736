"""The guidance on one page: what is active now and what it rests on, for a user or a clinician to read."""

from __future__ import annotations

from collections.abc import Iterator

from slowrise.guidance import Guidance, rules_in_force
from slowrise.policy import Policy
from slowrise.suggesting import SUGGESTIONS


def guidance_page(guidance: Guidance, policy: Policy) -> str:
    """Rules with the limits in force, sentences, suggestions, steps, red flags, disclaimer and sources, as text."""
    return "\n".join(_lines(guidance, policy))


def _lines(guidance: Guidance, policy: Policy) -> Iterator[str]:
    yield from (f"Guidance in force: the {policy.profile} profile", f"From: {guidance.article}", "", "Rules")
    for name, sentence, sources in rules_in_force(policy, guidance):
        yield f"  {name}  {sentence} {_from(sources)}"
    yield from ("", "Sentences")
    for name, text in guidance.texts.items():
        yield f"  {name}: {text.say} {_from(text.from_)}"
    yield from ("", "Suggestions for a break")
    for name, suggestion in guidance.suggestions.items():
        if policy.profile != "flare-up" or SUGGESTIONS[name] != "no":
            yield f"  - {suggestion.do} Avoid: {suggestion.avoid} {_from(suggestion.from_)}"
    yield from ("", "Standing up slowly")
    for number, step in enumerate(guidance.steps, start=1):
        yield f"  {number}. {step.say} {_from(step.from_)}"
    yield f"  Down: {guidance.down.say} {_from(guidance.down.from_)}"
    yield from ("", "Red flags", guidance.red_flags.text, "", "Disclaimer", guidance.disclaimer.say, "", "Sources")
    for name, source in guidance.sources.items():
        yield f"  {name}: {source}"


def _from(sources: tuple[str, ...]) -> str:
    return f"[{', '.join(sources)}]"
