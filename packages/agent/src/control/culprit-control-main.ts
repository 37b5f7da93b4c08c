/**
 * The privileged helper as a program: takes one order from its standard input, decides by the machine's own file whether it
 * is allowed, does it, and answers one line. It has no arguments and reads no other setting: who may call it gains nothing
 * but what the file lists.
 */
import { said } from "@culprit/probes";
import { serviceName, serviceVerbs } from "@culprit/protocol";
import { z } from "zod";
import { RefusedRequest, refusalOf } from "../channel/requests.ts";
import { standardErrorLog } from "../log.ts";
import { loadAllowed } from "./allowed.ts";
import type { HelperAnswer } from "./culprit-control.ts";
import { serviceManager } from "./service-manager.ts";
import { controlService } from "./services.ts";

const order = z.strictObject({ unit: serviceName, verb: z.enum(serviceVerbs) });
const mostBytes = 1024;
const readSeconds = 10;

async function readOrder(): Promise<z.infer<typeof order>> {
  const impatience = setTimeout(() => process.exit(1), readSeconds * 1000);
  let text = "";
  for await (const chunk of process.stdin) {
    text += String(chunk);
    if (text.includes("\n") || text.length > mostBytes) break;
  }
  clearTimeout(impatience);
  try {
    return order.parse(JSON.parse(text));
  } catch {
    throw new RefusedRequest("bad-arguments", said("arguments-unknown", {}));
  }
}

async function answer(): Promise<HelperAnswer> {
  try {
    const wanted = await readOrder();
    standardErrorLog.info(`helper: ${wanted.verb} ${wanted.unit} is asked for`);
    const outcome = await controlService(wanted, await loadAllowed(), serviceManager());
    standardErrorLog.info(
      `helper: ${wanted.verb} ${wanted.unit} ended with ${outcome.exitCode}, now ${outcome.state}`,
    );
    return { done: true, outcome };
  } catch (error) {
    const refusal = refusalOf(error);
    standardErrorLog.warn(`helper: refused, ${refusal.code}: ${refusal.detail}`);
    return { done: false, refusal };
  }
}

const text = `${JSON.stringify(await answer())}\n`;
process.stdout.write(text, () => process.exit(0));
