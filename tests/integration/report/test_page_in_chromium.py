"""The report page, opened from disk in a real browser."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from slowrise.cli.main import commands
from support.browser import Browser, chromium
from support.two_weeks import FIRST, LAST, fill

pytestmark = pytest.mark.real("chromium")

WIDTHS = (1000, 390)


def run(*words: object) -> str:
    result = CliRunner().invoke(commands, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data") / "data"
    fill(data)
    run("report", "--data-dir", data, "--from", FIRST, "--to", LAST, "--html", data / "report.html")
    return data


@pytest.fixture(scope="module")
def browser(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("profile")) as browser:
        browser.open(made / "report.html")
        yield browser


def test_the_page_has_no_errors_and_loads_nothing_from_the_network(browser: Browser, made: Path) -> None:
    browser.emulate(width=1000)
    assert browser.events_of("Runtime.exceptionThrown") == []
    assert [entry["entry"]["text"] for entry in browser.events_of("Log.entryAdded")] == []
    requested = {event["request"]["url"] for event in browser.events_of("Network.requestWillBeSent")}
    assert requested == {(made / "report.html").as_uri()}


def test_it_has_the_numbers_of_the_summaries(browser: Browser, made: Path) -> None:
    found = json.loads(browser.evaluate("document.getElementById('numbers').textContent"))
    days = [json.loads(run("summary", "--json", "--data-dir", made, day["day"])) for day in found["days"]]
    assert found["days"] == days
    assert found["together"]["sitting_seconds"] == pytest.approx(sum(day["sitting_seconds"] for day in days), abs=1)
    assert found["together"]["pattern" if "pattern" in found["together"] else "bouts"] == sum(
        day["bouts"] for day in days
    )
    shown = browser.evaluate("document.body.innerText").replace("\u00a0", " ")
    longest = max(day["longest_seconds"] for day in days if day["longest_seconds"])
    hours, minutes = divmod(round(longest / 60), 60)
    assert f"Longest sit {hours} h {minutes:02} min" in " ".join(shown.split())
    rows = browser.evaluate("document.querySelector('[aria-labelledby=day-numbers] tbody').rows.length")
    assert rows == len(days)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
def test_it_fits_and_can_be_read_at_every_width_in_both_schemes(browser: Browser, width: int, *, dark: bool) -> None:
    browser.emulate(width=width, dark=dark)
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    shown = browser.evaluate(
        "[...document.querySelectorAll('svg')].filter(s => s.getBoundingClientRect().width).length"
    )
    assert shown == browser.evaluate("document.querySelectorAll('figure').length") == 5
    smallest = browser.evaluate(
        "Math.min(...[...document.querySelectorAll('svg text')]"
        ".map(text => text.getBoundingClientRect().height).filter(height => height))"
    )
    assert smallest >= 6
    assert (
        contrast(
            browser,
            "getComputedStyle(document.body).color",
            "getComputedStyle(document.documentElement).backgroundColor",
        )
        > 7
    )
    assert (
        contrast(
            browser,
            "getComputedStyle(document.querySelector('.made')).color",
            "getComputedStyle(document.documentElement).backgroundColor",
        )
        > 4.5
    )
    assert browser.evaluate("getComputedStyle(document.querySelector('svg path')).fill") is not None


@pytest.mark.parametrize("width", [360, 400, 1000])
def test_no_table_is_wider_than_the_page_even_when_all_are_open(browser: Browser, width: int) -> None:
    browser.emulate(width=width)
    opened = "document.querySelectorAll('details').forEach(each => each.open = {})"
    browser.evaluate(opened.format("true"))
    wider = (
        "[...document.querySelectorAll('table')]"
        ".filter(each => !each.clientWidth || each.scrollWidth > each.parentElement.clientWidth).length"
    )
    assert (browser.evaluate(wider), browser.evaluate("document.documentElement.scrollWidth") <= width) == (0, True)
    browser.evaluate(opened.format("false"))


def test_the_names_of_the_colours_are_not_cut_off_on_a_phone(browser: Browser) -> None:
    browser.emulate(width=390)
    beyond = (
        "[...document.querySelectorAll('figure svg')].filter(svg => [...svg.querySelectorAll('text')]"
        ".some(text => text.getBoundingClientRect().right > svg.getBoundingClientRect().right + 1)).length"
    )
    assert browser.evaluate(beyond) == 0


def contrast(browser: Browser, one: str, other: str) -> float:
    """Return the contrast of two colors as WCAG defines it."""

    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(browser.evaluate(one)), luminance(browser.evaluate(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_a_screen_reader_finds_a_name_for_every_chart_and_table(browser: Browser) -> None:
    browser.emulate(width=1000)
    tree = browser.ask("Accessibility.getFullAXTree")["nodes"]
    named = {
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in tree
        if node.get("role") and not node.get("ignored")
    }
    charts = {name for role, name in named if role in ("image", "img")}
    assert {"Day by day", "Sitting of each day", "Hours of the week", "How long the sits were"} <= charts
    assert "The days in numbers" in {name for role, name in named if role == "table"}
    assert browser.evaluate(
        "(named => named.length === new Set(named.map(each => each.id)).size)([...document.querySelectorAll('[id]')])"
    )


@pytest.mark.real("pdftoppm")
def test_it_prints_on_few_sheets_of_a4(browser: Browser, tmp_path: Path) -> None:
    sheet = {"preferCSSPageSize": True, "printBackground": True}
    pdf = tmp_path / "report.pdf"
    pdf.write_bytes(base64.b64decode(browser.ask("Page.printToPDF", **sheet)["data"]))
    printed = subprocess.run(["pdfinfo", pdf], capture_output=True, text=True, check=True).stdout
    facts = dict(line.split(":", 1) for line in printed.splitlines())
    assert "A4" in facts["Page size"]
    assert int(facts["Pages"]) <= 4
    assert "Name:" in subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout
    subprocess.run(["pdftoppm", "-r", "20", "-png", pdf, tmp_path / "sheet"], check=True)
    text = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout
    assert "does not diagnose, treat or prevent any disease" in " ".join(text.split())
    assert "A sit ends with a break of 2 min or more." in " ".join(text.split())
