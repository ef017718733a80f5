// Pages, search, sorting and keys for the report. Without it everything is there, one page below the other.
(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const named = (id) => document.getElementById(id);
  const root = document.documentElement;
  const views = all(".view"), links = all(".bar nav a"), items = all("[data-item]");
  const field = named("find"), clear = named("clear"), found = named("found"), tools = named("tools");
  const choices = { outcome: named("by-outcome"), severity: named("by-severity"), process: named("by-process-only") };
  const canBeFound = "onbeforematch" in document.body;
  let current = views[0];
  let texts = null;

  // Pages: one is shown at a time; the browser's own search finds what is on the others.
  const show = (view) => {
    current = view;
    const searching = root.classList.contains("searching");
    for (const one of views) {
      const off = !searching && one !== view;
      if (off) one.setAttribute("hidden", canBeFound ? "until-found" : ""); else one.removeAttribute("hidden");
    }
    for (const link of links) {
      if (!searching && link.hash === "#" + view.dataset.view) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  };
  const target = () => {
    try { return named(decodeURIComponent(location.hash.slice(1))); } catch { return null; }
  };
  const go = () => {
    const place = target();
    if (place && root.classList.contains("searching") && (place.hidden || place.closest("[hidden]"))) reset();
    show((place && place.closest(".view")) || current);
    if (!place) return;
    for (let box = place; box; box = box.parentElement) if (box.tagName === "DETAILS") box.open = true;
    for (const box of all(":scope > details.more", place)) box.open = true;
    const isPage = views.some((view) => view.dataset.view === place.id);
    if (isPage) window.scrollTo(0, Math.min(window.scrollY, named("top").offsetHeight)); else place.scrollIntoView();
  };

  // Search and filters: over rules, records, services and processes, whichever page they are on.
  const index = () => texts || (texts = new Map(items.map((item) => [item, item.textContent.toLowerCase()])));
  const filter = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const asked = Object.entries(choices).filter(([, choice]) => choice.value);
    const searching = words.length > 0 || asked.length > 0;
    root.classList.toggle("searching", searching);
    clear.hidden = !searching;
    const counts = { rule: 0, record: 0, service: 0 };
    for (const item of items) {
      const fits = !searching || (asked.every(([key, choice]) => item.dataset[key] === choice.value) &&
        words.every((word) => index().get(item).includes(word)));
      item.hidden = !fits;
      if (fits && item.dataset.item in counts) counts[item.dataset.item] += 1;
    }
    for (const part of all(".view > section, .view .sub")) {
      part.hidden = searching && !all("[data-item]", part).some((item) => !item.hidden);
    }
    const { rule, record, service } = counts;
    found.textContent = !searching ? "" : rule + record + service === 0 ? tools.dataset.nothing
      : tools.dataset.found.replace("{rules}", rule).replace("{records}", record).replace("{services}", service);
    show(current);
  };
  const reset = () => {
    field.value = "";
    for (const choice of Object.values(choices)) choice.value = "";
    filter();
  };

  // Sorting: a click on the head of a column, again for the other way round.
  const value = (row, column) => {
    const cell = row.cells[column];
    const text = cell.dataset.sort ?? cell.textContent.trim();
    const number = Number(text.replace(/[,%\s]/g, ""));
    return text !== "" && !Number.isNaN(number) ? number : text;
  };
  const sort = (head) => {
    const body = head.closest("table").tBodies[0], column = head.cellIndex;
    const down = head.getAttribute("aria-sort") === "ascending" ||
      (!head.hasAttribute("aria-sort") && head.classList.contains("num"));
    const way = down ? -1 : 1;
    const rows = [...body.rows].map((row) => [value(row, column), row]);
    rows.sort(([a], [b]) => way * (typeof a === typeof b && typeof a === "number" ? a - b
      : String(a).localeCompare(String(b), root.lang, { numeric: true })));
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    body.append(...rows.map(([, row]) => row));
  };
  for (const head of all("table.sortable thead th:not(.stripped)")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(head));
    head.append(button);
  }

  // Keys
  const handle = (item) => item.querySelector(":scope > summary, .here, a");
  const step = (by) => {
    const there = items.filter((item) => item.getClientRects().length && handle(item));
    const at = there.findIndex((item) => item.contains(document.activeElement));
    const next = there[at < 0 ? (by > 0 ? 0 : -1) : at + by];
    if (next) { handle(next).focus(); next.scrollIntoView({ block: "nearest" }); } else if (by < 0) field.focus();
    return Boolean(next);
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = document.activeElement, typing = at === field, choosing = at && at.tagName === "SELECT";
    if (event.key === "Escape") { reset(); if (typing) field.blur(); return; }
    if (choosing) return;
    if (event.key === "/" && !typing) { event.preventDefault(); field.focus(); field.select(); return; }
    const inItem = at && at.closest("[data-item]"), inMenu = at && at.closest(".bar nav");
    if ((event.key === "ArrowDown" && (typing || inItem)) || (event.key === "ArrowUp" && inItem)) {
      if (step(event.key === "ArrowDown" ? 1 : -1)) event.preventDefault();
    }
    if (inMenu && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
      const next = links[links.indexOf(at) + (event.key === "ArrowRight" ? 1 : -1)];
      if (next) { next.focus(); next.click(); }
    }
  });

  root.classList.add("js");
  tools.hidden = false;
  field.addEventListener("input", filter);
  for (const choice of Object.values(choices)) choice.addEventListener("change", filter);
  clear.addEventListener("click", () => { reset(); field.focus(); });
  document.addEventListener("beforematch", (event) => show(event.target.closest(".view")));
  window.addEventListener("hashchange", go);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.hash === location.hash) go();
  });
  window.addEventListener("beforeprint", reset);
  show(current);
  go();
})();
