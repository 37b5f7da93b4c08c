/** Writes the log in a process of its own, so that its cost is not the agent's; tells what it wrote. */
import { writeAccessLog } from "../../packages/agent/src/testing/access-log-load.ts";

const [path, perSecond, seconds] = process.argv.slice(2);
const written = await writeAccessLog({ path: path!, perSecond: Number(perSecond), seconds: Number(seconds) });
process.stdout.write(JSON.stringify(written));
