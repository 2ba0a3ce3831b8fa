// Reads PromQL expressions (a JSON list on the standard input) with Prometheus's own grammar. Writes for each what it
// names: its metrics, its labels, and the places where it is no PromQL.
import { readFileSync } from "node:fs";
import { parser } from "@prometheus-io/lezer-promql";

const LABELS = new Set(["LabelName", "QuotedLabelName"]);

function read(text) {
  const found = { metrics: [], labels: [], errors: [] };
  parser.parse(text).iterate({
    enter(node) {
      const said = text.slice(node.from, node.to);
      if (node.type.isError) found.errors.push(node.from);
      else if (node.name === "Identifier" && node.node.parent?.name === "VectorSelector") found.metrics.push(said);
      else if (LABELS.has(node.name)) found.labels.push(said);
    },
  });
  return found;
}

const expressions = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(expressions.map(read)));
