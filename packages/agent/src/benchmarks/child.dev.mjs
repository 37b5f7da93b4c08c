/** Starts `child.ts` from its source, in development and tests; the build leaves this file out. */
import { join } from "node:path";
import { build } from "esbuild";

const { outputFiles } = await build({
  entryPoints: [join(import.meta.dirname, "child.ts")],
  bundle: true,
  write: false,
  platform: "node",
  format: "esm",
  conditions: ["development"],
});
await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
