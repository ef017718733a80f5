/* The search of the documentation, in English and Chinese, in place of the one that MkDocs brings: that knows words between
   blanks, of which Chinese has none. Chinese is found by its characters and by each two that stand together. */

importScripts("lunr.js");

const HAN = /[\u4e00-\u9fff]/;
const RUNS = /[\u4e00-\u9fff]+|[^\s\-\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+/g;
const pages = {};
let index;
let language = "en";

function pairs(run) {
  return Array.from({ length: run.length - 1 }, (_, at) => run.slice(at, at + 2));
}

function trimmed(token) {
  return token.update((word) => (HAN.test(word) ? word : word.replace(/^\W+|\W+$/g, "")));
}

lunr.Pipeline.registerFunction(trimmed, "trimmed");

function tokens(text, metadata) {
  const runs = String(text ?? "").toLowerCase().match(RUNS) ?? [];
  const words = runs.flatMap((run) => (HAN.test(run) ? [...run, ...pairs(run)] : [run]));
  return words.map((word, position) => new lunr.Token(word, { ...metadata, position: [position, word.length], index: position }));
}

function search(query) {
  const runs = query.toLowerCase().match(RUNS) ?? [];
  const found = index.query((asked) => {
    for (const run of runs) {
      if (HAN.test(run)) {
        const parts = run.length > 1 ? pairs(run) : [run];
        parts.forEach((part) => asked.term(part, { presence: lunr.Query.presence.REQUIRED }));
      } else {
        asked.term(run, { boost: 2 });
        asked.term(run, { wildcard: lunr.Query.wildcard.TRAILING, usePipeline: false });
      }
    }
  });
  return found.map(({ ref }) => ({ ...pages[ref], summary: pages[ref].text.slice(0, 200) }));
}

/* What somebody who reads that language looks for: its pages, and those that are written in English only. */
function readable(docs) {
  const page = ({ location }) => location.split("#")[0];
  const chinese = new Set(docs.map(page).filter((path) => path.endsWith(".zh/")));
  const translated = (path) => chinese.has(path ? path.replace(/\/$/, ".zh/") : "index.zh/");
  return docs.filter((doc) => (language === "zh" ? !translated(page(doc)) : !chinese.has(page(doc))));
}

async function init() {
  const data = await (await fetch("search_index.json")).json();
  postMessage({ config: data.config });
  index = lunr(function () {
    this.tokenizer = tokens;
    this.pipeline.reset();
    this.pipeline.add(trimmed, lunr.stopWordFilter, lunr.stemmer);
    this.field("title", { boost: 5 });
    this.field("text");
    this.ref("location");
    for (const page of readable(data.docs)) {
      pages[page.location] = page;
      this.add(page);
    }
  });
  postMessage({ allowSearch: true });
}

onmessage = ({ data }) => {
  if (data.language) {
    language = data.language;
  } else if (data.init) {
    init();
  } else if (index) {
    postMessage({ results: search(data.query) });
  }
};
