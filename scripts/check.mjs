/** Everything that can be said of the code without running it. Runs every step, also after one has failed. */
import { build } from "./build.mjs";
import { run, tool } from "./run.mjs";

const steps = {
  format: [tool("oxfmt"), "--check", "."],
  types: [tool("tsc"), "-b"],
  lint: [tool("oxlint"), "--type-aware", "--type-check", "--deny-warnings"],
  imports: ["scripts/check-imports.mjs"],
  "dead code": [tool("knip"), "--no-progress"],
};

await build({ only: ["messages"] });
const failed = [];
for (const [name, command] of Object.entries(steps)) {
  const start = Date.now();
  const { status, output } = await run(process.execPath, command, { quiet: true });
  console.log(
    `${status === 0 ? "ok    " : "FAILED"} ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`,
  );
  if (status === 0) continue;
  failed.push(name);
  console.log(output.trimEnd());
}
if (failed.length > 0) {
  console.log(`\nnpm run check failed: ${failed.join(", ")}`);
  process.exit(1);
}
