/** Import rules by dependency-cruiser, which reports success if it could read nothing: hence the count. */
import { cruise } from "dependency-cruiser";
import rules from "../.dependency-cruiser.mjs";

const { output } = await cruise(["packages", "bench", "e2e"], {
  ...rules.options,
  ruleSet: { forbidden: rules.forbidden },
  validate: true,
});
const { violations, totalCruised, totalDependenciesCruised } = output.summary;
for (const { rule, from, to, cycle } of violations) {
  const path = cycle ? cycle.map(({ name }) => name).join(" -> ") : to;
  console.error(`${rule.name}: ${from} -> ${path}`);
}
const own = output.modules.filter(({ source }) => /^(packages|bench|e2e)\/.*[.]tsx?$/.test(source)).length;
console.log(`${own} modules of ours, ${totalCruised} in all, ${totalDependenciesCruised} imports`);
if (own === 0 || totalDependenciesCruised === 0)
  throw new Error("no module was read: the rules were checked against nothing");
process.exitCode = violations.length > 0 ? 1 : 0;
