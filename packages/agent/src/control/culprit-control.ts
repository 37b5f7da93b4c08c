/**
 * The privileged helper, from the side of an agent that is not root: over the socket that systemd listens on for it, or
 * through sudo. It gets names and decides for itself (`culprit-control-main.ts`).
 */
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { requestRefusal, serviceOutcome, type RequestRefusal, type ServiceOutcome } from "@culprit/protocol";
import { z } from "zod";
import { RefusedRequest } from "../channel/requests.ts";
import { runProgram, said } from "@culprit/probes";
import { commandSeconds, type ServiceOrder } from "./services.ts";

export type HelperWays = { socket: string; sudo: string; program: string };

export const helperWays: HelperWays = {
  socket: "/run/culprit-control.sock",
  sudo: "/usr/bin/sudo",
  program: "/usr/local/sbin/culprit-control",
};

export const helperAnswer = z.discriminatedUnion("done", [
  z.object({ done: z.literal(true), outcome: serviceOutcome }),
  z.object({ done: z.literal(false), refusal: requestRefusal }),
]);
export type HelperAnswer = z.infer<typeof helperAnswer>;

const answerSeconds = commandSeconds + 5;
const mostAnswerBytes = 128 * 1024;

/** Throws RefusedRequest if the helper refuses, is missing, or answers nonsense. */
export async function askHelper(order: ServiceOrder, ways: HelperWays = helperWays): Promise<ServiceOutcome> {
  const line = `${JSON.stringify(order)}\n`;
  let text: string;
  if (existsSync(ways.socket)) text = await overSocket(ways.socket, line);
  else if (existsSync(ways.program)) {
    const asked = ["-n", ways.program];
    const end = await runProgram(ways.sudo, asked, { timeoutSeconds: answerSeconds, input: line });
    if (end.stdout === "")
      throw new RefusedRequest("failed", said("helper-failed", { detail: `sudo: ${end.output}` }));
    text = end.stdout;
  } else throw new RefusedRequest("not-allowed", said("helper-missing", {}));
  const answer = read(text);
  if (!answer) throw new RefusedRequest("failed", said("helper-silent", {}));
  if (!answer.done) throw refused(answer.refusal);
  return answer.outcome;
}

function overSocket(path: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let text = "";
    const timer = setTimeout(() => socket.destroy(), answerSeconds * 1000);
    socket.setEncoding("utf8");
    socket.on("connect", () => socket.end(line));
    socket.on("data", (chunk: string) => {
      text += chunk;
      if (text.length > mostAnswerBytes) socket.destroy();
    });
    socket.on("error", (error) =>
      reject(new RefusedRequest("failed", said("helper-failed", { detail: error.message }))),
    );
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(text);
    });
  });
}

/** A helper may be older than the agent. */
function refused({ code, detail, finding }: RequestRefusal): RefusedRequest {
  const other = said("helper-failed", { detail });
  return new RefusedRequest(code, { text: detail, finding: finding ?? other.finding });
}

function read(text: string): HelperAnswer | undefined {
  try {
    return helperAnswer.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
