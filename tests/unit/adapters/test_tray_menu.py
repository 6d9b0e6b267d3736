"""The menu and the item as panels ask for them, and what a program asks that is no panel. No bus."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jeepney import DBusAddress, HeaderFields, Message, MessageType, Parser, new_method_call

from slowrise.adapters.system.dbus_objects import Objects
from slowrise.adapters.tray.menu import MENU, MENU_PATH, Menu
from slowrise.adapters.tray.status_notifier import ITEM, ITEM_PATH, StatusNotifierIcon
from slowrise.ports.tray import Entry, Look

PROPERTIES = "org.freedesktop.DBus.Properties"


class Content:
    """A menu that a test changes, and a list of what was chosen."""

    opens = True

    def __init__(self) -> None:
        self.headline = "Sitting 24 min"
        self.more: list[Entry] = []
        self.chosen: list[tuple[str, str]] = []

    def look(self) -> Look:
        return Look("sitting", "Sitting since 14:05")

    def menu(self) -> tuple[Entry, ...]:
        return (
            Entry("now", self.headline, enabled=False),
            Entry("line", ""),
            Entry("pause", "Pause for 45 min"),
            *self.more,
            Entry("quit", "Quit"),
        )

    def choose(self, key: str, token: str) -> None:
        self.chosen.append((key, token))

    def open(self, token: str) -> None:
        self.chosen.append(("open", token))


def ask(icon: StatusNotifierIcon, path: str, interface: str | None, method: str, *arguments: Any) -> Any:
    """Return the results of a call as the caller gets them: over the wire. `arguments`: a signature, and values."""
    signature, *values = arguments or ("",)
    address = DBusAddress(path, bus_name=":1.1", interface=interface)
    call = wired(new_method_call(address, method, signature or None, tuple(values)))
    answer = wired(icon._objects.answer(call))
    if answer.header.message_type is MessageType.error:
        raise LookupError(answer.header.fields[HeaderFields.error_name])
    return answer.body


def wired(message: Message) -> Message:
    parser = Parser()
    parser.add_data(message.serialise(7))
    received = parser.get_next_message()
    assert received is not None
    return received


def menu(icon: StatusNotifierIcon, method: str, *arguments: Any) -> Any:
    return ask(icon, MENU_PATH, MENU, method, *arguments)


def shown(icon: StatusNotifierIcon) -> dict[int, str]:
    """Return the labels in the layout by their numbers."""
    _, (_, _, children) = menu(icon, "GetLayout", "iias", 0, -1, [])
    labels = {number: dict(values).get("label", ("s", "-"))[1] for _, (number, values, _) in children}
    return {number: label.rstrip("\N{NO-BREAK SPACE}") for number, label in labels.items()}


@pytest.fixture
def content() -> Content:
    return Content()


@pytest.fixture
def icon(content: Content) -> StatusNotifierIcon:
    return StatusNotifierIcon(content)


def test_the_layout_has_every_entry(icon: StatusNotifierIcon) -> None:
    assert shown(icon) == {1: "Sitting 24 min", 2: "-", 3: "Pause for 45 min", 4: "Quit"}
    _, (number, values, children) = menu(icon, "GetLayout", "iias", 0, 0, ["children-display"])
    assert (number, dict(values), children) == (0, {"children-display": ("s", "submenu")}, [])


def test_a_headline_cannot_be_chosen_and_a_line_is_a_separator(icon: StatusNotifierIcon) -> None:
    shown(icon)
    (properties,) = menu(icon, "GetGroupProperties", "aias", [0, 1, 2, 3, 99], ["enabled", "type"])
    assert {number: dict(values) for number, values in properties} == {
        0: {},
        1: {"enabled": ("b", False)},
        2: {"type": ("s", "separator")},
        3: {},
    }


def test_a_panel_that_is_about_to_show_the_menu_hears_of_longer_minutes(
    icon: StatusNotifierIcon, content: Content
) -> None:
    assert menu(icon, "AboutToShow", "i", 0) == (True,)
    first, _ = menu(icon, "GetLayout", "iias", 0, -1, [])
    assert menu(icon, "AboutToShow", "i", 0) == (False,)
    content.headline = "Sitting 25 min"
    assert menu(icon, "AboutToShowGroup", "ai", [0, 1, 77]) == ([0], [77])
    second, _ = menu(icon, "GetLayout", "iias", 0, -1, [])
    assert second > first
    assert shown(icon)[1] == "Sitting 25 min"


def test_a_key_keeps_its_number(icon: StatusNotifierIcon, content: Content) -> None:
    before = shown(icon)
    content.more = [Entry("today", "Today")]
    assert shown(icon) == {**before, 5: "Today"}


def test_a_click_carries_out_the_entry_with_the_token_of_this_click(icon: StatusNotifierIcon, content: Content) -> None:
    shown(icon)
    ask(icon, ITEM_PATH, ITEM, "ProvideXdgActivationToken", "s", "token-1")
    menu(icon, "Event", "isvu", 3, "clicked", ("i", 0), 0)
    menu(icon, "Event", "isvu", 3, "hovered", ("i", 0), 0)
    assert menu(icon, "EventGroup", "a(isvu)", [(4, "clicked", ("s", ""), 0), (88, "clicked", ("s", ""), 0)]) == ([88],)
    assert content.chosen == [("pause", "token-1"), ("quit", "")]


def test_a_click_on_what_cannot_be_chosen_does_nothing(icon: StatusNotifierIcon, content: Content) -> None:
    content.more = [Entry("today", "Today")]
    shown(icon)
    content.more = []
    shown(icon)
    for number in (0, 1, 2, 4):
        menu(icon, "Event", "isvu", number, "clicked", ("i", 0), 0)
    assert content.chosen == []


def test_a_click_on_the_icon_opens_the_window_if_there_is_one(icon: StatusNotifierIcon, content: Content) -> None:
    assert ask(icon, ITEM_PATH, PROPERTIES, "Get", "ss", ITEM, "ItemIsMenu") == (("b", False),)
    ask(icon, ITEM_PATH, ITEM, "Activate", "ii", 5, 5)
    content.opens = False
    assert ask(icon, ITEM_PATH, PROPERTIES, "Get", "ss", ITEM, "ItemIsMenu") == (("b", True),)
    ask(icon, ITEM_PATH, ITEM, "Activate", "ii", 5, 5)
    assert content.chosen == [("open", "")]


def test_an_underscore_is_no_shortcut(icon: StatusNotifierIcon, content: Content) -> None:
    content.more = [Entry("odd", "a_b")]
    assert "a__b" in shown(icon).values()


def test_the_item_has_a_name_a_picture_and_two_lines(icon: StatusNotifierIcon) -> None:
    ((values),) = ask(icon, ITEM_PATH, PROPERTIES, "GetAll", "s", ITEM)
    item = {name: value for name, (_, value) in values.items()}
    assert item["Title"] == "slowrise: Sitting since 14:05"
    assert item["ToolTip"] == ("", [], "Sitting since 14:05", "")
    assert item["IconName"] == "slowrise-sitting-symbolic"
    assert [(width, height, len(data)) for width, height, data in item["IconPixmap"]] == [
        (size, size, 4 * size * size) for size in (22, 32, 48)
    ]
    assert {name for name, (signature, _) in values.items() if signature == "s"} >= {"Id", "Category", "Status"}


def test_the_pixels_have_the_most_significant_byte_first(icon: StatusNotifierIcon) -> None:
    """The centre of the head is opaque, and grey: alpha, red, green, blue."""
    (((_, pixmaps),)) = ask(icon, ITEM_PATH, PROPERTIES, "Get", "ss", ITEM, "IconPixmap")
    _, _, pixels = pixmaps[0]
    at = 4 * (22 * 3 + 8)
    assert pixels[at : at + 4] == bytes.fromhex("ff87909c")


@pytest.mark.parametrize(
    ("at", "method", "arguments", "error"),
    [
        (("/", MENU), "GetLayout", ("iias", 0, -1, []), "UnknownObject"),
        ((MENU_PATH, ITEM), "Activate", ("ii", 0, 0), "UnknownMethod"),
        ((MENU_PATH, MENU), "GetLayout", ("s", "x"), "InvalidArgs"),
        ((MENU_PATH, MENU), "GetLayout", (), "InvalidArgs"),
        ((MENU_PATH, MENU), "GetLayout", ("iias", 4711, -1, []), "InvalidArgs"),
        ((MENU_PATH, MENU), "GetProperty", ("is", 1, "nothing"), "InvalidArgs"),
        ((MENU_PATH, MENU), "Event", ("isvu", -1, "clicked", ("i", 0), 0), "InvalidArgs"),
        ((MENU_PATH, MENU), "AboutToShow", ("i", 2**31 - 1), "InvalidArgs"),
        ((ITEM_PATH, PROPERTIES), "Get", ("ss", ITEM, "Password"), "InvalidArgs"),
        ((ITEM_PATH, PROPERTIES), "GetAll", ("s", "org.example.Nothing"), "InvalidArgs"),
        ((ITEM_PATH, PROPERTIES), "Set", ("ssv", ITEM, "Title", ("s", "x")), "UnknownMethod"),
        ((ITEM_PATH, None), "Nothing", (), "UnknownMethod"),
    ],
)
def test_a_call_that_does_not_fit_is_answered_with_an_error(
    icon: StatusNotifierIcon, at: tuple[str, str | None], method: str, arguments: tuple[Any, ...], error: str
) -> None:
    with pytest.raises(LookupError, match=error):
        ask(icon, *at, method, *arguments)


def test_a_huge_list_of_numbers_is_cut(icon: StatusNotifierIcon) -> None:
    shown(icon)
    numbers = [*range(1, 5), *range(1000, 50_000)]
    (properties,) = menu(icon, "GetGroupProperties", "aias", numbers, ["label"] * 50_000)
    assert len(properties) == 4
    _, errors = menu(icon, "AboutToShowGroup", "ai", numbers)
    assert len(errors) <= 100


def test_a_long_or_odd_token_is_forgotten(icon: StatusNotifierIcon, content: Content) -> None:
    for token in ("x" * 100_000, "a\nb", "\x1b[31m"):
        ask(icon, ITEM_PATH, ITEM, "ProvideXdgActivationToken", "s", token)
        ask(icon, ITEM_PATH, ITEM, "Activate", "ii", 0, 0)
    assert {token for _, token in content.chosen} == {""}


def test_a_failure_of_ours_is_answered_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> tuple[Entry, ...]:
        raise RuntimeError("broken")

    broken = Menu(fail, lambda _: None, lambda _: None)
    call = new_method_call(DBusAddress(MENU_PATH, ":1.1", MENU), "AboutToShow", "i", (0,))
    answer = Objects({MENU_PATH: {MENU: broken.interface}}).answer(wired(call))
    assert answer.header.fields[HeaderFields.error_name].endswith("Failed")
    assert "this is a bug" in caplog.text


INT = st.integers(-(2**31), 2**31 - 1)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
VARIANT = st.one_of(INT.map(lambda n: ("i", n)), TEXT.map(lambda t: ("s", t)))
CALLS = st.one_of(
    st.tuples(st.just("GetLayout"), st.just("iias"), INT, INT, st.lists(TEXT, max_size=5)),
    st.tuples(st.just("GetGroupProperties"), st.just("aias"), st.lists(INT, max_size=5), st.lists(TEXT, max_size=5)),
    st.tuples(st.just("GetProperty"), st.just("is"), INT, TEXT),
    st.tuples(st.just("Event"), st.just("isvu"), INT, TEXT, VARIANT, st.integers(0, 2**32 - 1)),
    st.tuples(st.just("AboutToShow"), st.just("i"), INT),
    st.tuples(st.just("AboutToShowGroup"), st.just("ai"), st.lists(INT, max_size=5)),
    st.tuples(st.sampled_from(["GetLayout", "Event", "Nothing"]), st.just("s"), TEXT),
)


@given(calls=st.lists(CALLS, max_size=10))
def test_whatever_is_asked_there_is_an_answer_and_nothing_is_chosen(calls: list[tuple[Any, ...]]) -> None:
    content = Content()
    icon = StatusNotifierIcon(content)
    errors = []
    for method, *arguments in calls:
        try:
            menu(icon, method, *arguments)
        except LookupError as error:
            errors.append(str(error).rpartition(".")[2])
    assert set(errors) <= {"InvalidArgs", "UnknownMethod"}
    assert content.chosen == []
