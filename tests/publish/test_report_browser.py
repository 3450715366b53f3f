"""The report in a real browser: Chromium, from disk, on a phone and on a desk, light and dark."""

import base64
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.publish.test_report import known, listing, make_towns, report, troubled, withheld

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (BROWSER and DRIVER), reason="chromium or chromedriver is not installed"
    ),
]
PHONE, DESK = (360, 740), (1280, 900)
SCHEMES = ("light", "dark")
TOWNS = Path(__file__).parents[1] / "listings" / "gemeinden" / "page.html"
REPORTS = {
    "known": known,
    "troubled": troubled,
    "withheld": withheld,
    "towns": lambda: listing(TOWNS),
    "many": lambda: make_towns(120),
}

# Text nodes whose contrast with what lies behind them is less than 4.5 (WCAG 2.2, 1.4.3).
FAINT = """
const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
const read = (colour) => {
  canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
};
const light = ([r, g, b]) => {
  const [x, y, z] = [r, g, b].map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
};
const behind = (element) => {
  for (let e = element; e; e = e.parentElement) {
    const colour = read(getComputedStyle(e).backgroundColor);
    if (colour[3] === 255) return colour;
    if (colour[3] !== 0) throw new Error('half transparent: ' + e.outerHTML.slice(0, 80));
  }
  throw new Error('no background');
};
const faint = []; let seen = 0;
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node; (node = walker.nextNode());) {
  const element = node.parentElement, style = getComputedStyle(element);
  if (!node.data.trim() || ['title', 'desc', 'style'].includes(element.localName)) continue;
  const own = element instanceof SVGElement ? style.fill : style.color;
  const [a, b] = [light(read(own)), light(behind(element))].sort((x, y) => y - x);
  const contrast = (a + 0.05) / (b + 0.05);
  seen += 1;
  if (contrast < 4.5) faint.push([node.data.trim().slice(0, 40), contrast]);
}
return [seen, faint];
"""


PLACE = """
const mark = document.getElementById(arguments[0]), box = mark.getBoundingClientRect();
return [box.top, box.bottom, getComputedStyle(mark).backgroundColor, mark.textContent];
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(str(DRIVER)))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    for name, make in REPORTS.items():
        (folder / f"{name}.html").write_bytes(report(make()))
    return folder


def show(browser: Any, file: Path, size: tuple[int, int] = DESK, scheme: str = "light") -> None:
    """Open a file from disk as a device of this size and colour scheme shows it."""
    width, height = size
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == PHONE}
    scheme_is = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", scheme_is)
    browser.get("about:blank")
    browser.get(file.as_uri())


def background(browser: Any) -> str:
    return str(browser.execute_script("return getComputedStyle(document.body).backgroundColor"))


@pytest.mark.parametrize("name", REPORTS)
def test_it_asks_for_nothing_and_complains_of_nothing(
    browser: Any, folder: Path, name: str
) -> None:
    for kind in ("browser", "performance"):
        browser.get_log(kind)
    show(browser, folder / f"{name}.html")
    assert browser.get_log("browser") == []
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [
        m["params"]["request"]["url"]
        for m in messages
        if m["method"] == "Network.requestWillBeSent"
    ]
    assert {url for url in asked if not url.startswith(("data:", "about:"))} == {
        (folder / f"{name}.html").as_uri()
    }


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("name", REPORTS)
def test_only_regions_for_it_scroll_sideways(
    browser: Any, folder: Path, name: str, size: Any
) -> None:
    show(browser, folder / f"{name}.html", size)
    width, room = browser.execute_script(
        "const e = document.documentElement; return [e.scrollWidth, e.clientWidth]"
    )
    assert size[0] - 20 <= room <= size[0]  # a scroll bar may stand beside it
    assert width <= room
    cut = browser.execute_script("""
        return [...document.querySelectorAll('main *')]
          .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== 'visible'
                       && !e.closest('[tabindex="0"]') && !(e instanceof SVGElement))
          .map(e => e.outerHTML.slice(0, 80))""")
    assert cut == []


def test_the_tables_of_the_known_page_fit_a_desk(browser: Any, folder: Path) -> None:
    show(browser, folder / "known.html")
    wide = browser.execute_script("""
        return [...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth)
          .map(e => e.ariaLabel)""")
    assert wide == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", REPORTS)
def test_all_text_can_be_read(
    browser: Any, folder: Path, name: str, scheme: str, size: Any
) -> None:
    show(browser, folder / f"{name}.html", size, scheme)
    seen, faint = browser.execute_script(FAINT)
    assert seen > 100
    assert faint == []


def test_dark_and_light_differ(browser: Any, folder: Path) -> None:
    found = set()
    for scheme in SCHEMES:
        show(browser, folder / "known.html", scheme=scheme)
        found.add(background(browser))
    assert len(found) == 2


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_click_on_a_value_shows_its_characters(
    browser: Any, folder: Path, scheme: str, size: Any
) -> None:
    show(browser, folder / "troubled.html", size, scheme)
    links = browser.find_elements("css selector", "article a.v")
    assert len(links) > 20
    for link in (links[0], links[len(links) // 2], links[-1]):
        target = link.get_attribute("href").rpartition("#")[2]
        browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", link)
        link.click()
        top, bottom, shade, text = browser.execute_script(PLACE, target)
        assert 0 <= top < bottom <= size[1]
        plain = browser.execute_script(
            "return getComputedStyle(document.querySelector('mark:not(:target)')).backgroundColor"
        )
        assert shade != plain
        assert text
        assert browser.execute_script(FAINT)[1] == []


def test_each_part_can_be_reached_with_the_keyboard(browser: Any, folder: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    show(browser, folder / "known.html", PHONE)
    browser.switch_to.active_element.send_keys(Keys.TAB)
    assert browser.switch_to.active_element.text == "Skip to the report"
    regions = set()
    for _ in range(60):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        label, outline = browser.execute_script("""
            const e = document.activeElement;
            return [e.getAttribute('role') && e.ariaLabel, getComputedStyle(e).outlineStyle]""")
        assert outline != "none"
        regions.add(label)
    assert {"Table of municipalities", "Plot of the density"} <= regions


@pytest.mark.parametrize(
    ("name", "least", "most"), [("known", 3, 10), ("troubled", 3, 10), ("many", 10, 60)]
)
def test_it_prints_on_a_sane_number_of_pages(
    browser: Any, folder: Path, name: str, least: int, most: int
) -> None:
    show(browser, folder / f"{name}.html", scheme="dark")
    told = browser.execute_cdp_cmd(
        "Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True}
    )
    content = base64.b64decode(told["data"])
    assert content.startswith(b"%PDF")
    assert least <= len(re.findall(rb"/Type\s*/Page\b", content)) <= most


@pytest.mark.parametrize("name", REPORTS)
def test_no_row_is_cut_on_paper(browser: Any, folder: Path, name: str) -> None:
    show(browser, folder / f"{name}.html", (680, 960))  # A4 within its margins
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    wide = browser.execute_script(
        """
        return [...document.querySelectorAll('table')]
          .filter(e => e.getBoundingClientRect().right > innerWidth).map(e => e.className)"""
    )
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert wide == []
