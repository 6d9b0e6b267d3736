"""Every setting, declared once with its type, default, meaning and reason. A `Config` holds the values of one file.

To add a setting, add a field to a section below. Parsing, `slowrise config`, `config/slowrise.toml` and
`docs/settings.md` follow from it. If the rules need the value, give `Policy` a field of the same name; `policy_of`
fills it. Durations are in seconds, times of day in seconds after local midnight.
"""

# No `from __future__ import annotations` here: SETTINGS reads the annotations, which would have to be parsed again.

from collections.abc import Iterator
from operator import attrgetter
from typing import Annotated, Any, NamedTuple, get_args

import msgspec

from slowrise.config import types as t
from slowrise.core.model.policy import PROFILES, Eagerness, InCalls, Policy, ProfileName
from slowrise.core.model.units import HOUR, MINUTE
from slowrise.messages.locale import LANGUAGES

SOURCES = ("auto", "wayland_idle", "mutter", "x11_idle", "pynput", "terminal")
NOTIFIERS = ("auto", "freedesktop", "plyer", "console")

_STANDARD = PROFILES["standard"]
_POLICY_FIELDS = frozenset(Policy.__struct_fields__) - {"profile"}


class Setting(NamedTuple):
    """The declaration of a setting. The field that carries it adds the name and the default.

    The default None leaves the value to the profile.
    """

    type: t.SettingType
    meaning: str
    """What the setting does; further paragraphs are an example, printed as they stand."""
    reason: str = ""
    """Where the default comes from."""
    advised: tuple[float, float] | None = None
    """Lowest and highest advised value, both included. `parse` accepts other values; `Config.warnings` lists them."""
    at_least: str = ""
    """A setting of the same section that may not be longer than this one: together they would contradict."""
    example: t.Toml | None = None
    """An accepted value, where the default explains little."""
    recorded: bool = True
    """Whether policy events record it. They leave out what does not concern the rules and may name private folders."""
    policy: str = ""
    """The field of `Policy` that it sets, where that has another name."""
    name: str = ""
    """With its section, as in `limits.sit_soft`."""
    default: Any = None

    @property
    def leaf(self) -> str:
        """The name without the section."""
        return self.name.rpartition(".")[2]

    @property
    def table(self) -> str:
        """The section, which is a table of the file; empty for the top of the file."""
        return self.name.rpartition(".")[0]

    @property
    def by_profile(self) -> bool:
        """Whether the profile decides where the file does not."""
        return self.default is None

    @property
    def policy_field(self) -> str:
        """The field of `Policy` that it sets; empty if the rules do not know the setting."""
        return self.policy or (self.leaf if self.leaf in _POLICY_FIELDS else "")

    def value(self, config: "Config") -> Any:
        """Return the value in a configuration; None leaves it to the profile."""
        return attrgetter(self.name)(config)

    def effective(self, config: "Config", policy: Policy) -> Any:
        """Return the value in a configuration, or the policy's where the configuration leaves it to the profile."""
        value = self.value(config)
        return getattr(policy, self.policy_field) if value is None else value

    def line(self, value: Any) -> str:
        """Return the line of the file that sets this value, within its section."""
        return f"{self.leaf} = {t.toml(self.type.write(value))}"

    @property
    def default_line(self) -> str:
        """The line of the file that sets the default; that of the standard profile if the profile decides."""
        return self.line(getattr(_STANDARD, self.policy_field) if self.by_profile else self.default)

    @property
    def accepted_line(self) -> str:
        """An accepted line of the file, as an example."""
        return self.default_line if self.example is None else f"{self.leaf} = {t.toml(self.example)}"

    @property
    def advised_range(self) -> str:
        """The advised range; empty without one."""
        return " to ".join(str(self.type.write(end)) for end in self.advised or ())

    @property
    def profiles(self) -> str:
        """The value of each profile; empty if the profile does not decide."""
        if not self.by_profile:
            return ""
        values = ((name, self.type.write(getattr(policy, self.policy_field))) for name, policy in PROFILES.items())
        return ", ".join(
            f"{name} {value}" if isinstance(value, str) else f"{name} {t.toml(value)}" for name, value in values
        )


class LimitSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of sitting, standing and breaks. None: the value of the profile, in `PROFILES` of core/model/policy.py."""

    sit_soft: Annotated[
        float | None,
        Setting(
            t.LENGTH,
            "How long you sit before the first reminder.",
            "in 28 office workers prompts every 30 min made sits over 30 min fewer and shorter (Evans et al. 2012, Am "
            "J Prev Med 43:293).",
            advised=(10 * MINUTE, 60 * MINUTE),
        ),
    ] = None
    sit_repeat: Annotated[
        float | None,
        Setting(
            t.LENGTH,
            "Time from a reminder to its repeat. After two repeats, and after the reminder that stays, twice as long.",
            "judgement; often enough to help, rarely enough not to annoy.",
            advised=(5 * MINUTE, 20 * MINUTE),
        ),
    ] = None
    sit_firm: Annotated[
        float | None,
        Setting(
            t.LENGTH,
            "How long you sit before the reminder that stays on the screen.",
            "after 50 to 60 min of screen work, HSE (display screen equipment) advises a break of 5 to 10 min.",
            advised=(20 * MINUTE, 90 * MINUTE),
            at_least="sit_soft",
        ),
    ] = None
    break_min: Annotated[
        float | None,
        Setting(
            t.LENGTH,
            "The shortest break that ends a sit. After it no reminder to stand up for two thirds of sit_soft.",
            "2 min of walking every 20 min lowered blood sugar (Dunstan et al. 2012, Diabetes Care 35:976, not about "
            "backs). Input does not show shorter absences reliably.",
            advised=(1 * MINUTE, 10 * MINUTE),
        ),
    ] = None
    break_full: Annotated[
        float | None,
        Setting(
            t.LENGTH,
            "The break that a reminder asks for. It resets the sitting time that leads to the next reminder. A shorter "
            "break of at least break_min takes off ten times its own length; in a flare-up it takes off nothing.",
            "5 min of walking every 30 min lowered blood sugar and blood pressure (Duran et al. 2023, Med Sci Sports "
            "Exerc 55:847, not about backs). Relief of pain from such breaks was temporary (Sheahan et al. 2016, Appl "
            "Ergon, PMID 26674405).",
            advised=(2 * MINUTE, 15 * MINUTE),
            at_least="break_min",
        ),
    ] = None
    stand_soft: Annotated[
        float | None,
        Setting(
            t.LENGTH,
            "How long you stand before the first reminder. slowrise learns of standing from you or a desk sensor only.",
            "judgement.",
            advised=(5 * MINUTE, 60 * MINUTE),
        ),
    ] = None
    stand_firm: Annotated[
        float | None,
        Setting(
            t.LENGTH,
            "How long you stand before the reminder that stays on the screen.",
            "in 25 laboratory studies the low back hurt after 71 min of standing, after 42 min in those prone to it "
            "(Coenen et al. 2017, Gait Posture 58:310).",
            advised=(5 * MINUTE, 60 * MINUTE),
            at_least="stand_soft",
        ),
    ] = None
    stand_repeat: Annotated[
        float | None,
        Setting(
            t.LENGTH,
            "Time from the reminder that stays to the next one, and so on for as long as you stand.",
            "judgement; without it, nothing follows the reminder that stays.",
            advised=(10 * MINUTE, 60 * MINUTE),
        ),
    ] = None
    stand_budget: Annotated[
        float | None,
        Setting(
            t.LENGTH_OR_NONE,
            "The most standing in a day. It is a limit, not a goal. A notice informs you when you reach it.",
            "judgement, for people who should not stand for long. Experts name 2 h, later 4 h, of standing and walking "
            "as goals for office workers (Buckley et al. 2015, Br J Sports Med 49:1357). Above 4 h a workday, back "
            "symptoms are commoner (Coenen et al. 2018, Br J Sports Med 52:176).",
            advised=(0, 4 * HOUR),
        ),
    ] = None
    day_budget: Annotated[
        float | None,
        Setting(
            t.LENGTH,
            "Sitting at the desk planned for a day. A notice informs you at four fifths of it and when you reach it.",
            "judgement: the 8 h of a whole day in the Canadian 24-hour guideline of 2020, less what you sit elsewhere. "
            "Office workers sit 5.3 h at work (Ryan et al. 2011, Ergonomics 54:531), which is no norm.",
            advised=(2 * HOUR, 10 * HOUR),
        ),
    ] = None
    spacing: Annotated[
        float | None,
        Setting(
            t.LENGTH_OR_NONE,
            "The shortest time between two reminders to stand up or to sit down, and from any notice to one of the "
            "others.",
            "judgement.",
            advised=(5 * MINUTE, 30 * MINUTE),
        ),
    ] = None


class SourceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where input comes from."""

    use: Annotated[
        str,
        Setting(t.one_of(*SOURCES), "Where slowrise sees your input. `slowrise doctor` shows what works here."),
    ] = "auto"
    resolution: Annotated[
        float,
        Setting(
            t.SHORT_LENGTH,
            "Time without input after which you count as idle. A shorter time finds shorter pauses, but wakes the "
            "computer more often.",
            advised=(5.0, 60.0),
        ),
    ] = 15.0


class NotificationSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How and when reminders are shown."""

    use: Annotated[str, Setting(t.one_of(*NOTIFIERS), "How slowrise shows notices.")] = "auto"
    wait_for_pause: Annotated[
        float,
        Setting(
            t.LENGTH_OR_NONE,
            'How long a due reminder waits for a pause in your input. "0s" shows it at once.',
            advised=(0, 5 * MINUTE),
        ),
    ] = _STANDARD.wait_for_pause
    quiet_hours: Annotated[
        tuple[tuple[float, float], ...],
        Setting(t.HOURS, "Times of day without reminders.", example=["22:00-07:00"]),
    ] = _STANDARD.quiet_hours
    workdays: Annotated[
        frozenset[int],
        Setting(t.DAYS, "Days with reminders. An empty list means every day.", example=["mon", "fri"]),
    ] = _STANDARD.workdays
    snooze: Annotated[
        float,
        Setting(t.LENGTH, "How long the snooze button puts a reminder off.", advised=(1 * MINUTE, 10 * MINUTE)),
    ] = _STANDARD.snooze
    snooze_budget: Annotated[
        float,
        Setting(
            t.LENGTH,
            "How long the reminders of one sit can be put off in total.",
            advised=(5 * MINUTE, 15 * MINUTE),
            at_least="snooze",
        ),
    ] = _STANDARD.snooze_budget
    in_calls: Annotated[
        InCalls,
        Setting(
            t.one_of(*get_args(InCalls)),
            "In a call, `hold` keeps reminders until the call ends; `prompt` shows them anyway. A call counts as "
            "sitting either way.",
        ),
    ] = _STANDARD.in_calls
    sound: Annotated[
        bool,
        Setting(
            t.SWITCH,
            "Whether a reminder plays the soft message sound of the desktop.",
            "off, because a sudden sound makes people jump up.",
        ),
    ] = False
    on_prompt: Annotated[
        str,
        Setting(
            t.COMMAND,
            "A command to run with each notice, for people who cannot see one. slowrise uses no shell and stops the "
            "command after ten seconds. The command gets the text on its standard input, and SLOWRISE_KIND and "
            "SLOWRISE_TITLE in its environment. What it does with them is up to you. If systemd runs slowrise, the "
            "command can write to the data directory only and cannot reach the network.",
            example="spd-say --pipe-mode",
        ),
    ] = ""
    eagerness: Annotated[
        Eagerness | None,
        Setting(
            t.one_of(*get_args(Eagerness)),
            "What a reminder does if slowrise is not sure that you are still in the same sit. `relaxed` would rather "
            "wait, `insistent` would rather remind once too often.",
            "an early reminder weighs as much as 2, 0.8 or 0.3 late ones; chosen on simulated days.",
        ),
    ] = None
    others_a_day: Annotated[
        int,
        Setting(
            t.WHOLE_OR_NONE,
            "The most notices in a day besides reminders to stand up or to sit down, which are not limited: questions, "
            "budgets, tips and the summary. The last of them is kept for the summary.",
            "judgement; a notice that asks for nothing takes attention from those that do.",
            advised=(1, 8),
        ),
    ] = _STANDARD.others_a_day
    questions: Annotated[
        int,
        Setting(
            t.WHOLE_OR_NONE,
            "How often in a day slowrise may ask whether you sat through an absence that it is not sure about. It asks "
            "only if either answer moves the day by 5 min or more. Your answers correct the day and improve the "
            "estimate. 0 means never.",
            "judgement; more than a few would be a chore.",
            advised=(0, 3),
        ),
    ] = _STANDARD.questions
    return_tip: Annotated[
        bool | None,
        Setting(
            t.SWITCH,
            "Whether you get a tip to sit down slowly when you come back from a break, every two hours at most.",
            "off where the back is at ease, because it asks for nothing new; sitting down is harder while it is sore.",
        ),
    ] = None
    avoid_line: Annotated[
        bool,
        Setting(
            t.SWITCH,
            "Whether the first reminder of a day has one line on what to avoid, such as lifting bags and boxes. Each "
            "day has another one; two working weeks have them all.",
            "on; it is read once a day, in a reminder that comes anyway.",
        ),
    ] = _STANDARD.avoid_line


class TraySettings(msgspec.Struct, frozen=True, kw_only=True):
    """The icon in the panel."""

    show: Annotated[
        str,
        Setting(
            t.one_of("auto", "always", "never"),
            "The icon in the panel, with its menu. `auto` shows it where the panel takes icons. `always` does the "
            "same, and `slowrise doctor` counts it as a problem if the panel takes none. `never` shows no icon.",
        ),
    ] = "auto"


class SummarySettings(msgspec.Struct, frozen=True, kw_only=True):
    """The summary of the day."""

    at: Annotated[float, Setting(t.TIME, "When you get the summary of the day.", policy="summary_at")] = (
        _STANDARD.summary_at
    )


class BreakSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What is possible in a break."""

    lie_down: Annotated[
        bool,
        Setting(
            t.SWITCH,
            "Whether you can lie down in a break, on a bed or a couch. Then lying down is among the suggestions.",
            "off, because most offices have nowhere to lie down.",
        ),
    ] = _STANDARD.lie_down


class StandingDeskSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A desk that can be raised."""

    have: Annotated[
        bool,
        Setting(
            t.SWITCH,
            "Whether your desk can be raised. The button for it is then among the three that GNOME shows.",
            policy="standing_desk",
        ),
    ] = _STANDARD.standing_desk
    confirm_after: Annotated[
        float,
        Setting(
            t.LENGTH,
            "How long slowrise believes that you stand before you confirm it. After that it is not sure.",
            advised=(30 * MINUTE, 120 * MINUTE),
        ),
    ] = _STANDARD.confirm_after
    sensor: Annotated[
        str,
        Setting(
            t.TEXT,
            "A command that prints `sitting` or `standing` each time the desk has moved, for a desk that reports its "
            "height. The command runs as long as slowrise, with the same rights and without a shell, unless it "
            "starts one. The example is for a desk that writes its height in centimetres to a serial line. To read "
            "the line you may have to join the group `dialout`.\n\n"
            "sensor = '''sh -c '\n"
            "  stty -F /dev/ttyUSB0 9600 -echo\n"
            '  while read cm; do [ "$cm" -gt 95 ] && echo standing; [ "$cm" -le 95 ] && echo sitting; '
            "done </dev/ttyUSB0\n"
            "' '''",
        ),
    ] = ""


class GuidanceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The language and the country of the messages."""

    language: Annotated[
        str,
        Setting(
            t.one_of("auto", *LANGUAGES),
            "The language of the messages. `auto` takes that of the desktop, if slowrise has it. No clinician "
            "checked the translation.",
        ),
    ] = "auto"
    emergency_number: Annotated[
        str,
        Setting(
            t.NUMBER,
            "The emergency number below the red flags. `auto` takes that of the country in LC_TELEPHONE, of the time "
            "zone, or of the language, in this order, and names 112 beside it where that is not sure.",
            example="112",
        ),
    ] = "auto"


class RecordSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept."""

    keep: Annotated[
        float,
        Setting(
            t.AGE,
            "How long slowrise keeps what it recorded. It deletes older days beyond recovery, a month's worth at a "
            "time.",
            example="2y",
            recorded=False,
        ),
    ] = float("inf")


class ShareSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Several computers that read each other's days."""

    folder: Annotated[
        str,
        Setting(
            t.FOLDER,
            "A folder that you synchronise between several computers (Syncthing, Nextcloud, a network drive). Each "
            "computer writes its days there, without health notes, and reads the days of the others. Sitting at two "
            "computers at once counts once. Empty: nothing is shared. After a change, restart slowrise. If systemd "
            "starts it, run `slowrise service install` again, because the service may write nowhere else.",
            example="~/Sync/slowrise",
            recorded=False,
        ),
    ] = ""
    name: Annotated[
        str,
        Setting(
            t.NAME,
            "The name of this computer in the shared folder. Empty: its host name.",
            example="laptop",
            recorded=False,
        ),
    ] = ""


REMOVED = {
    "notifications.most_a_day": "this setting has no effect any more. notifications.others_a_day limits all notices "
    "but reminders to stand up or to sit down, and those have no limit"
}
"""Settings of earlier versions, each with what to say about it. A file or a recorded event that has one still holds."""


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """The values of a file, with the defaults filled in. `Config()` is the empty file."""

    profile: Annotated[
        ProfileName,
        Setting(t.one_of(*PROFILES), "The set of limits. `recovery` is for the two weeks after a flare-up."),
    ] = _STANDARD.profile
    day_starts: Annotated[
        float,
        Setting(t.TIME, "When a new day begins. Work past midnight belongs to the day before."),
    ] = _STANDARD.day_starts
    limits: LimitSettings = LimitSettings()
    source: SourceSettings = SourceSettings()
    notifications: NotificationSettings = NotificationSettings()
    tray: TraySettings = TraySettings()
    summary: SummarySettings = SummarySettings()
    breaks: BreakSettings = BreakSettings()
    standing_desk: StandingDeskSettings = StandingDeskSettings()
    guidance: GuidanceSettings = GuidanceSettings()
    record: RecordSettings = RecordSettings()
    share: ShareSettings = ShareSettings()
    removed: tuple[str, ...] = ()
    """The names of `REMOVED` that the file sets. They have no effect."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """One line for each value outside its advised range, and for each setting that is gone."""
        return (*(f"{name}: {REMOVED[name]}" for name in self.removed), *self._unadvised())

    def _unadvised(self) -> Iterator[str]:
        return (
            f"{setting.name}: {setting.type.write(value)} is outside the advised {setting.advised_range}"
            for setting in SETTINGS
            if setting.advised
            and (value := setting.value(self)) is not None
            and not setting.advised[0] <= value <= setting.advised[1]
        )


def _settings(section: type[msgspec.Struct], table: str = "") -> Iterator[Setting]:
    for field in msgspec.structs.fields(section):
        if field.name == "removed":
            continue
        if isinstance(field.default, msgspec.Struct):
            yield from _settings(type(field.default), f"{field.name}.")
        else:
            (setting,) = field.type.__metadata__
            yield setting._replace(name=table + field.name, default=field.default)


SETTINGS = tuple(_settings(Config))
"""Every setting, in the order of the file."""

TABLES = tuple(dict.fromkeys(setting.table for setting in SETTINGS if setting.table))

BY_NAME = {setting.name: setting for setting in SETTINGS}

ORDERED = tuple((BY_NAME[f"{upper.table}.{upper.at_least}"], upper) for upper in SETTINGS if upper.at_least)
"""Pairs of settings of which the first may not be longer than the second."""


def policy_of(config: Config, profile: ProfileName | None = None) -> Policy:
    """Return the policy of a configuration, under its own profile or under another one that the user chose since.

    A limit that the file sets holds under every profile. If it contradicts a limit of the profile, the profile's limit
    moves: `sit_soft = "45m"` raises the flare-up's `sit_firm` from 30 to 45 min.
    """
    base = PROFILES[profile or config.profile]
    given = {
        setting.policy_field: value
        for setting in SETTINGS
        if setting.policy_field and (value := setting.value(config)) is not None
    }
    for lower, upper in ((lower.policy_field, upper.policy_field) for lower, upper in ORDERED):
        if lower in given and upper not in given:
            given[upper] = max(given[lower], getattr(base, upper))
        elif upper in given and lower not in given:
            given[lower] = min(given[upper], getattr(base, lower))
    return msgspec.structs.replace(base, **given)
