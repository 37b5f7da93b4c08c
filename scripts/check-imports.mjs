/** Import rules by dependency-cruiser, which reports success if it could read nothing: hence the count. */
import swc from "@swc/core";
import rules, { circles } from "../.dependency-cruiser.mjs";

// dependency-cruiser has swc read .tsx as .ts, which fails at the first element, and can't tell imports of types from
// others. It is loaded after this.
const { parseFileSync } = swc;
let withTypes = true;
swc.parseFileSync = (file, options) => {
  const tree = parseFileSync(file, { ...options, tsx: file.endsWith(".tsx") });
  return withTypes ? tree : { ...tree, body: tree.body.filter(({ typeOnly }) => !typeOnly) };
};
const { cruise } = await import("dependency-cruiser");

async function look(forbidden) {
  const options = { ...rules.options, ruleSet: { forbidden }, validate: true };
  const { output } = await cruise(["packages", "bench", "e2e"], options);
  for (const { rule, from, to, cycle } of output.summary.violations) {
    const path = cycle ? cycle.map(({ name }) => name).join(" -> ") : to;
    console.error(`${rule.name}: ${from} -> ${path}`);
    process.exitCode = 1;
  }
  return output;
}

const { modules, summary } = await look(rules.forbidden);
withTypes = false;
await look(circles);

const own = modules.filter(({ source }) => /^(packages|bench|e2e)\/.*[.]tsx?$/.test(source)).length;
console.log(`${own} modules, ${summary.totalDependenciesCruised} imports`);
if (own === 0 || summary.totalDependenciesCruised === 0)
  throw new Error("no module was read: the rules were checked against nothing");
