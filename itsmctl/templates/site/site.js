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

  /* Two characters stand together in the index; one alone is looked for in either place. */
  function holds(name, word) {
    return word.length === 1 && /[\u3040-\uffff]/.test(word) ? name.indexOf(word) >= 0 : name.slice(0, word.length) === word;
  }

  /* "policies" finds "policy", "processes" finds "process": a word is looked for as the beginning of those in the index. */
  function stem(word) {
    if (!/^[a-z]{4,}$/.test(word)) return word;
    return word.replace(/ies$/, "").replace(/(ss|x|ch|sh)es$/, "$1").replace(/([^s])s$/, "$1");
  }

  /* What each page earns by one word: a whole word counts twice. */
  function earned(index, word) {
    var here = {};
    Object.keys(index.terms).forEach(function (name) {
      if (!holds(name, word)) return;
      var whole = name === word ? 2 : 1, pairs = index.terms[name];
      for (var i = 0; i < pairs.length; i += 2) here[pairs[i]] = Math.max(here[pairs[i]] || 0, pairs[i + 1] * whole);
    });
    return here;
  }

  /* A page whose whole title, or whose id, is what was typed comes before all others. */
  function called(page, asked) {
    return page.slice(1).some(function (told) { return fold(typeof told === "string" ? told : told[0]) === asked; });
  }

  function best(index, scores, asked) {
    var whole = fold(asked).trim();
    return Object.keys(scores).map(Number).sort(function (a, b) {
      return called(index.pages[b], whole) - called(index.pages[a], whole) || scores[b] - scores[a] || a - b;
    });
  }

  function search(index, asked) {
    var scores = null;
    terms(asked).map(stem).forEach(function (word) {
      var here = earned(index, word);
      if (scores === null) { scores = here; return; }
      Object.keys(scores).forEach(function (page) {
        if (here[page]) scores[page] += here[page]; else delete scores[page];
      });
    });
    return best(index, scores || {}, asked);
  }

  /* Where no page holds all the words: those that hold most of them. */
  function some(index, asked) {
    var scores = {};
    terms(asked).map(stem).forEach(function (word) {
      var here = earned(index, word);
      Object.keys(here).forEach(function (page) { scores[page] = (scores[page] || 0) + 100 + here[page]; });
    });
    return best(index, scores, asked);
  }

  /* In how many letters two words differ, as far as that is at most two. */
  function distance(a, b) {
    if (Math.abs(a.length - b.length) > 2) return 3;
    var last = [], before = [];
    for (var j = 0; j <= b.length; j++) last[j] = j;
    for (var i = 1; i <= a.length; i++) {
      var row = [i];
      for (j = 1; j <= b.length; j++) {
        row[j] = Math.min(row[j - 1] + 1, last[j] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
      }
      before = last; last = row;
    }
    return last[b.length];
  }

  /* What was probably meant: each word that nothing holds as the nearest that something holds; "" where none is near. */
  function meant(index, asked) {
    var names = Object.keys(index.terms), changed = false;
    var words = terms(asked).map(function (word) {
      if (names.some(function (name) { return holds(name, stem(word)); }) || !/^[a-z]{4,}$/.test(word)) return word;
      var nearest = word, least = word.length < 6 ? 2 : 3;
      names.forEach(function (name) {
        var away = /^[a-z]+$/.test(name) ? distance(word, name) : 3;
        if (away < least) { least = away; nearest = name; }
      });
      changed = changed || nearest !== word;
      return nearest;
    });
    return changed ? words.join(" ") : "";
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

  /* Says that nothing was found, and offers what was probably meant. */
  function offer(box, told, index, asked) {
    var other = meant(index, asked), link = document.createElement("a");
    if (!other) return;
    link.href = "?q=" + encodeURIComponent(other);
    link.textContent = other;
    told.append(" " + box.dataset.meant + " ", link);
  }

  function show(box, asked) {
    var index = window.itsmctlIndex, list = document.getElementById("hits"), told = document.getElementById("told");
    list.textContent = "";
    if (!asked.trim()) { told.textContent = box.dataset.begin; return; }
    var found = search(index, asked), words = terms(asked).map(stem), whole = found.length > 0;
    if (!whole) found = some(index, asked);
    told.textContent = whole ? box.dataset.found.replace("{n}", found.length) : found.length ? box.dataset.some : box.dataset.none;
    if (!whole) offer(box, told, index, asked);
    found.slice(0, MOST).forEach(function (number) { list.append(hit(index.pages[number], box.dataset.language, index, words)); });
    if (found.length > MOST) told.append(" · " + box.dataset.more.replace("{n}", found.length - MOST));
  }

  /* The address keeps what was asked, for the way back and for others; a browser may refuse that in a folder. */
  function keep(asked) {
    try { history.replaceState(null, "", asked ? "?q=" + encodeURIComponent(asked) : location.pathname); } catch (refused) { return; }
  }

  function searchPage(box, input) {
    box.dataset.begin = document.getElementById("told").textContent;
    input.value = new URLSearchParams(location.search).get("q") || "";
    show(box, input.value);
    input.addEventListener("input", function () { show(box, input.value); keep(input.value); });
    input.form.addEventListener("submit", function (event) { event.preventDefault(); step(1); });
    if (!input.value) input.focus();
  }

  /* A field above each long list hides what does not hold the words typed. */
  function filter(list) {
    var input = document.createElement("input"), label = list.dataset.filter;
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
  window.itsmctlMeant = meant;

  document.addEventListener("DOMContentLoaded", function () {
    var input = document.querySelector(".find input"), box = document.getElementById("results");
    if (box && window.itsmctlIndex) searchPage(box, input);
    Array.prototype.forEach.call(document.querySelectorAll("[data-filter]"), function (list) {
      if (list.children.length > 12) filter(list);
    });
    document.addEventListener("keydown", function (event) {
      if (event.isComposing) return; // the keys still belong to the input of Chinese
      var typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); input.focus(); input.select(); }
      if (box && event.key === "ArrowDown") { event.preventDefault(); step(1); }
      if (box && event.key === "ArrowUp") { event.preventDefault(); step(-1); }
      if (event.key !== "Escape") return;
      if (document.activeElement === input) input.blur(); else if (box) { input.focus(); input.select(); }
    });
  });
})();
