// Reads BPMN files with the model that browser modellers use, writes them again, reads that, and lints them.
// Prints one line of JSON per problem; the exit code is 0 when there is none.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { BpmnModdle } from "bpmn-moddle";

const require = createRequire(import.meta.url);
const Linter = require("bpmnlint/lib/linter.js");
const NodeResolver = require("bpmnlint/lib/resolver/node-resolver.js");

const moddle = new BpmnModdle();
// Some rules remember what they saw, so every file gets a linter of its own.
const linter = () => new Linter({ config: { extends: "bpmnlint:recommended" }, resolver: new NodeResolver({ require }) });
let problems = 0;
const report = (problem) => {
  problems += 1;
  console.log(JSON.stringify(problem));
};

for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, "utf8");
  const first = await moddle.fromXML(text);
  first.warnings.forEach((warning) => report({ file, message: warning.message }));
  const written = (await moddle.toXML(first.rootElement, { format: true })).xml;
  const second = await moddle.fromXML(written);
  const again = (await moddle.toXML(second.rootElement, { format: true })).xml;
  if (written !== again) report({ file, message: "a round trip changes the model" });
  const count = Object.keys(first.elementsById).length;
  if (count !== Object.keys(second.elementsById).length) report({ file, message: "a round trip loses elements" });
  const found = await linter().lint(first.rootElement);
  for (const [rule, some] of Object.entries(found)) {
    some.forEach((one) => report({ file, rule, id: one.id, message: one.message }));
  }
}
process.exit(problems ? 1 : 0);
