/** Starts `child.ts` from its source, in development and tests; the build leaves this file out. */
import { register } from "tsx/esm/api";

register();
await import("./child.ts");
