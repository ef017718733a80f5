"""What is looked at in a page that is open: each function gives what is wrong, in words."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

WIDTHS = (375, 768, 1440)
SCHEMES = ("light", "dark")

_ALTERNATIVES = """() => [...document.querySelectorAll('img, svg, canvas, [role=img]')]
  .filter(one => !one.closest('[aria-hidden=true]') && !one.parentElement.closest('svg'))
  .filter(one => !(one.tagName === 'IMG' ? one.hasAttribute('alt') : one.getAttribute('role') === 'img' && (
    one.getAttribute('aria-label') || one.querySelector(':scope > title')?.textContent
    || (one.getAttribute('aria-labelledby') || '').split(' ').some(id => id && document.getElementById(id)?.textContent))))
  .map(one => 'no text alternative: ' + one.outerHTML.slice(0, 120))"""

_WIDE = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const out = one => one.getBoundingClientRect().right > root.clientWidth + 1;
  const inside = one => { for (let p = one.parentElement; p; p = p.parentElement)
    if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(p).overflowX)) return true; return false; };
  const widest = [...document.body.querySelectorAll('*')].filter(one => out(one) && !inside(one)).pop();
  return [`${root.scrollWidth} > ${root.clientWidth}: ${widest ? widest.outerHTML.slice(0, 160) : ''}`];
}"""

_LINKS = """() => { const name = hash => { try { return decodeURIComponent(hash.slice(1)); } catch { return hash; } };
  return [...document.querySelectorAll('a[href]')].map(one => { const url = new URL(one.getAttribute('href'), document.baseURI);
    return [one.getAttribute('href'), url.href, url.hash.length < 2 || document.getElementById(name(url.hash)) !== null]; }); }"""
"""Each link as written, where it leads, and whether this page has its place."""
_GROUND = """() => { const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number);
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255; }"""
"""How bright the page is, from 0 to 1."""
_HEADINGS = """() => [...document.querySelectorAll('h1, h2, h3, th, figcaption')]
  .filter(one => one.checkVisibility()).map(one => one.textContent.trim()).filter(text => text)"""


def visit(
    browser: Browser, context: BrowserContext, file: Path, language: str, axe: str = "", scripted: bool = True
) -> list[str]:
    """Everything that is wrong with a page, in one visit.

    With the source of axe-core its barriers too; where it is `scripted`, also what is not there without scripts.
    """
    page, wrong = open_page(context, file)
    wrong += identity(page, language) + pictures(page) + links(page, file)
    if scripted and page.locator("script").count():
        wrong += without_scripts(browser, page, file)
    wrong += widths(page) + schemes(page)
    wrong += barriers(page, axe) if axe else []
    page.close()
    return wrong


def glance(context: BrowserContext, file: Path, language: str) -> list[str]:
    """What is wrong with a page of which the other language has had its visit: all that its words can break."""
    page, wrong = open_page(context, file)
    wrong += identity(page, language) + pictures(page) + widths(page) + schemes(page)
    page.close()
    return wrong


def open_page(context: BrowserContext, file: Path) -> tuple[Page, list[str]]:
    """A page, and what goes wrong in it from now on: errors, dialogs, and requests for anything but files."""
    page, wrong = context.new_page(), []
    page.on(
        "console", lambda said: wrong.append(f"console: {said.text}") if said.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda asked: None if _local(asked.url) else wrong.append(f"request: {asked.url}"))
    page.goto(file.as_uri())
    return page, wrong


def _local(url: str) -> bool:
    return urlsplit(url).scheme in ("file", "data", "blob")


def identity(page: Page, language: str) -> list[str]:
    """A title, and the language that a screen reader must speak."""
    wanted = {"en": "en", "zh": "zh-Hans"}[language]
    lang, title = page.evaluate("document.documentElement.lang"), page.title()
    return [
        *([] if lang == wanted else [f"lang is {lang!r}, not {wanted!r}"]),
        *([] if title.strip() else ["no title"]),
    ]


def pictures(page: Page) -> list[str]:
    """Pictures that say nothing to somebody who does not see them."""
    found: list[str] = page.evaluate(_ALTERNATIVES)
    return found


def links(page: Page, file: Path) -> list[str]:
    """Links that lead nowhere: to no place in the page, to no file, or into a script."""
    wrong: list[str] = []
    for written, url, is_here in page.evaluate(_LINKS):
        parts = urlsplit(url)
        if parts.scheme not in ("file", "https", "http", "mailto"):
            wrong.append(f"link to {written[:80]}")
        elif parts.scheme == "file" and Path(unquote(parts.path)) != file:
            wrong += [] if Path(unquote(parts.path)).is_file() else [f"no file for link {written}"]
        elif parts.scheme == "file" and not is_here:
            wrong.append(f"no place for link {written}")
    return wrong


def widths(page: Page) -> list[str]:
    """Windows in which the page must be scrolled sideways."""
    wrong: list[str] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wrong += [f"at {width}px {told}" for told in page.evaluate(_WIDE)]
    return wrong


def schemes(page: Page) -> list[str]:
    """Schemes of colours that the page does not follow."""
    grounds = {}
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        grounds[scheme] = page.evaluate(_GROUND)
    return [] if grounds["dark"] < 0.2 and grounds["light"] > 0.8 else [f"light and dark are as bright as {grounds}"]


def without_scripts(browser: Browser, page: Page, file: Path) -> list[str]:
    """Headings that are seen only while scripts run."""
    with_scripts: list[str] = page.evaluate(_HEADINGS)
    context = browser.new_context(java_script_enabled=False, viewport=page.viewport_size)
    still, wrong = open_page(context, file)
    missing = set(with_scripts) - set(still.evaluate(_HEADINGS))
    context.close()
    return [*wrong, *(f"not without scripts: {text[:80]}" for text in sorted(missing))]


def barriers(page: Page, axe: str) -> list[str]:
    """What axe-core calls serious or critical, in light and in dark, where only the colours differ."""
    page.evaluate(axe)
    wrong: list[str] = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        run = {"resultTypes": ["violations"], "preload": False} | (
            {} if scheme == "light" else {"runOnly": ["color-contrast"]}
        )
        for found in page.evaluate("run => axe.run(document, run)", run)["violations"]:
            if found["impact"] in ("serious", "critical"):
                places = [f"{node['html'][:120]} {node['failureSummary'][:160]}" for node in found["nodes"][:3]]
                wrong.append(f"{scheme}: {found['id']} ({found['impact']}, {len(found['nodes'])}): {places}")
    return wrong
