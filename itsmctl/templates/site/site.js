/* The portal works without this script; with it there is the search, a filter on long lists, and keys. Nothing is loaded from elsewhere. */
(function () {
  "use strict";

  var WIDE = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]+/g;
  var LATIN = /[0-9a-z]+(?:[.\-][0-9a-z]+)*/g;
  var MOST = 60;

  /* As itsmctl/site/words.py cuts what the index holds. */
  function fold(text) {
    return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  }

  function terms(text) {
    var folded = fold(text), found = folded.match(LATIN) || [];
    (folded.match(WIDE) || []).forEach(function (run) {
      for (var i = 0; i < Math.max(run.length - 1, 1); i++) found.push(run.slice(i, i + 2));
    });
    return found;
  }

  /* "policies" finds "policy", "processes" finds "process": a word is looked for as the beginning of those in the index. */
  function stem(word) {
    if (!/^[a-z]{4,}$/.test(word)) return word;
    return word.replace(/ies$/, "").replace(/(ss|x|ch|sh)es$/, "$1").replace(/([^s])s$/, "$1");
  }

  function search(index, asked) {
    var words = terms(asked).map(stem), names = Object.keys(index.terms), scores = null;
    words.forEach(function (word) {
      var here = {};
      names.forEach(function (name) {
        if (name.slice(0, word.length) !== word) return;
        var whole = name === word ? 2 : 1, pairs = index.terms[name];
        for (var i = 0; i < pairs.length; i += 2) here[pairs[i]] = Math.max(here[pairs[i]] || 0, pairs[i + 1] * whole);
      });
      if (scores === null) { scores = here; return; }
      Object.keys(scores).forEach(function (page) {
        if (here[page]) scores[page] += here[page]; else delete scores[page];
      });
    });
    return Object.keys(scores || {}).map(Number).sort(function (a, b) { return scores[b] - scores[a] || a - b; });
  }

  function marked(text, words) {
    var part = document.createDocumentFragment(), lower = text.toLowerCase(), at = 0;
    while (at < text.length) {
      var next = -1, size = 0;
      words.forEach(function (word) {
        var place = lower.indexOf(word, at);
        if (place >= 0 && (next < 0 || place < next || (place === next && word.length > size))) { next = place; size = word.length; }
      });
      if (next < 0) break;
      part.append(text.slice(at, next));
      var mark = document.createElement("mark");
      mark.textContent = text.slice(next, next + size);
      part.append(mark);
      at = next + size;
    }
    part.append(text.slice(at));
    return part;
  }

  function hit(page, language, index, words) {
    var item = document.createElement("li"), link = document.createElement("a"), kind = document.createElement("span");
    var about = document.createElement("p"), told = page[2 + Math.max(index.languages.indexOf(language), 0)];
    link.href = page[0];
    link.append(marked(told[0], words));
    kind.className = "kind";
    kind.textContent = told[1];
    about.append(marked(told[2], words));
    item.append(link, " ", kind, about);
    return item;
  }

  function show(box, asked) {
    var index = window.itsmctlIndex, list = document.getElementById("hits"), told = document.getElementById("told");
    list.textContent = "";
    if (!asked.trim()) { told.textContent = box.dataset.begin; return; }
    var found = search(index, asked), words = terms(asked).map(stem);
    told.textContent = found.length ? box.dataset.found.replace("{n}", found.length) : box.dataset.none;
    found.slice(0, MOST).forEach(function (number) { list.append(hit(index.pages[number], box.dataset.language, index, words)); });
    if (found.length > MOST) told.textContent += " · " + box.dataset.more.replace("{n}", found.length - MOST);
  }

  function searchPage(box, input) {
    box.dataset.begin = document.getElementById("told").textContent;
    input.value = new URLSearchParams(location.search).get("q") || "";
    show(box, input.value);
    input.addEventListener("input", function () { show(box, input.value); });
    input.form.addEventListener("submit", function (event) { event.preventDefault(); });
    if (!input.value) input.focus();
  }

  /* A field above each long list hides what does not hold the words typed. */
  function filter(list) {
    var input = document.createElement("input"), label = document.documentElement.lang === "en" ? "Filter this list" : "筛选";
    input.type = "search";
    input.className = "filter";
    input.placeholder = label;
    input.setAttribute("aria-label", label);
    input.addEventListener("input", function () {
      var words = fold(input.value).split(/\s+/).filter(Boolean);
      Array.prototype.forEach.call(list.children, function (item) {
        var text = fold(item.textContent);
        item.hidden = !words.every(function (word) { return text.indexOf(word) >= 0; });
      });
    });
    list.before(input);
  }

  function step(by) {
    var links = Array.prototype.slice.call(document.querySelectorAll("#hits a"));
    if (!links.length) return;
    var at = links.indexOf(document.activeElement) + by;
    if (at < 0) document.querySelector(".find input").focus(); else links[Math.min(at, links.length - 1)].focus();
  }

  /* The pages that hold all the words typed, the best first; by name, so that it can be tried without a page. */
  window.itsmctlSearch = search;

  document.addEventListener("DOMContentLoaded", function () {
    var input = document.querySelector(".find input"), box = document.getElementById("results");
    if (box && window.itsmctlIndex) searchPage(box, input);
    Array.prototype.forEach.call(document.querySelectorAll("[data-filter]"), function (list) {
      if (list.children.length > 12) filter(list);
    });
    document.addEventListener("keydown", function (event) {
      var typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); input.focus(); input.select(); }
      if (box && event.key === "ArrowDown") { event.preventDefault(); step(1); }
      if (box && event.key === "ArrowUp") { event.preventDefault(); step(-1); }
      if (event.key === "Escape" && document.activeElement === input) input.blur();
    });
  });
})();
