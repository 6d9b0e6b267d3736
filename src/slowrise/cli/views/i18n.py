"""The program's own words in the language of who reads: gettext, with the catalogues in `config/locale`.

What the guidance says is not here: it has its own file in each language, with what it rests on.
"""

from __future__ import annotations

import gettext
import os
import tomllib
from functools import cache

from slowrise.adapters.system import files, resources
from slowrise.adapters.system.paths import paths
from slowrise.core.model.time_text import in_units
from slowrise.messages import locale


def _(text: str) -> str:
    """The text in that language; as it is where there is no catalogue."""
    return _catalogue().gettext(text)


def length(text: str) -> str:
    """A length in words, with the units of that language."""
    units = {"h": _("h"), "min": _("min"), "s": _("s"), "to": _("to")}
    return text if units["h"] == "h" else in_units(text, units)


@cache
def _catalogue() -> gettext.NullTranslations:
    language = locale.language(_wanted(), os.environ)
    return gettext.translation("slowrise", str(resources.path("config/locale")), [language], fallback=True)


def _wanted() -> str:
    """The language that is set. Only that is looked for: whatever else the file says is the configuration's matter."""
    try:
        said = tomllib.loads(files.text(paths().config))["guidance"]["language"]
    except (OSError, ValueError, LookupError, TypeError):
        return "auto"
    return said if said in locale.LANGUAGES else "auto"
