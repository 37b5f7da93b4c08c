import { request as plain, type IncomingMessage } from "node:http";
import { request as secure } from "node:https";
import type { TLSSocket } from "node:tls";
import { withoutLogins, type CheckNumber, type CheckState, type CheckTarget } from "@culprit/protocol";
import { certificateFault, daysLeft } from "../certificate.ts";
import { NotWell, type Probe, type ProbeContext } from "../probe.ts";
import { reach } from "../reach.ts";
import { levelOf } from "../thresholds.ts";

type HttpTarget = Extract<CheckTarget, { kind: "http" }>;

const mostRedirects = 5;
/** Of a page so much is searched for the text it must contain. */
const mostBodyBytes = 1024 * 1024;

type Page = { status: number; body: string; location: string | undefined; certificateDays: number | null };

/**
 * The status, the body, the certificate and the time that all took. Redirects are followed, and each address is asked for
 * leave; without `statuses`, 200 to 399 are well.
 */
export const http: Probe<"http"> = async (target, context) => {
  const begun = performance.now();
  const { page, url, times } = await follow(target, context);
  const seconds = (performance.now() - begun) / 1000;
  const { status, certificateDays } = page;
  const numbers: CheckNumber[] = [
    { label: "time", value: seconds, unit: "s" },
    ...Object.entries(times).map(([label, value]) => ({ label, value, unit: "s" })),
    ...(certificateDays === null ? [] : [{ label: "certificate", value: certificateDays, unit: "d" }]),
  ];
  const shown = `${target.method} ${url.origin}${url.pathname}: ${status} in ${seconds.toFixed(3)} s`;
  const wrong = faultOf(page, target);
  if (wrong) return { state: wrong.state, text: `${shown}; ${wrong.text}`, numbers };
  const slow = levelOf(seconds, { warning: target.warningSeconds, critical: target.criticalSeconds });
  return { state: slow, text: slow === "ok" ? shown : `${shown}, which is slow`, numbers };
};

function faultOf(page: Page, target: HttpTarget): { state: CheckState; text: string } | null {
  const { statuses, contains, certificateDays } = target;
  const well = statuses ? statuses.includes(page.status) : page.status >= 200 && page.status < 400;
  if (!well) return { state: "critical", text: "this status is not what it should be" };
  if (contains !== undefined && !page.body.includes(contains))
    return { state: "critical", text: `the page does not contain "${contains}"` };
  if (page.certificateDays !== null && page.certificateDays < certificateDays)
    return { state: "warning", text: `its certificate ends in ${Math.floor(page.certificateDays)} days` };
  return null;
}

type Times = Record<"connect" | "tls" | "first byte", number> | Record<string, number>;

async function follow(
  { url: start, method, statuses, contains }: HttpTarget,
  context: ProbeContext,
): Promise<{ page: Page; url: URL; times: Times }> {
  let url = new URL(start);
  for (let redirects = 0; ; redirects++) {
    const times: Times = {};
    const page = await ask(url, method, contains !== undefined, context, times);
    const asked = statuses?.includes(page.status) ?? false;
    if (asked || page.location === undefined || page.status < 300 || page.status >= 400)
      return { page, url, times };
    if (redirects === mostRedirects)
      throw new NotWell(
        `more than ${mostRedirects} redirects, last to ${withoutLogins(page.location).slice(0, 200)}`,
      );
    url = redirected(url, page.location);
  }
}

function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : null;
  if (to?.protocol !== "http:" && to?.protocol !== "https:")
    throw new NotWell(
      `it redirects to ${withoutLogins(location).slice(0, 200)}, which is no address of the web`,
    );
  return to;
}

async function ask(
  url: URL,
  method: HttpTarget["method"],
  wantsBody: boolean,
  context: ProbeContext,
  times: Times,
): Promise<Page> {
  const { address, family } = await reach(url.hostname, context);
  const begun = performance.now();
  const since = () => (performance.now() - begun) / 1000;
  return new Promise((settle, reject) => {
    const request = (url.protocol === "https:" ? secure : plain)(url, {
      method,
      // A connection of its own, to the address that was asked for; the name is still what the certificate must have.
      agent: false,
      lookup: (_host, options, answer) =>
        options.all ? answer(null, [{ address, family }]) : answer(null, address, family),
      // Looked at below, before anything is sent: what is wrong with it is told in more words than Node.js has.
      rejectUnauthorized: false,
      headers: { "user-agent": "culprit-check", accept: "*/*" },
      signal: context.signal,
    });
    request.on("socket", (socket) => {
      socket.once("connect", () => (times["connect"] = since()));
      socket.once("secureConnect", () => {
        times["tls"] = since();
        const fault = certificateFault(socket as TLSSocket);
        if (fault === null) return;
        reject(new NotWell(`the certificate of ${url.hostname}: ${fault}`));
        // The request, with the login in it, waits for this event to be over: it never leaves.
        socket.destroy();
      });
    });
    request.once("error", (error) =>
      reject(
        context.signal.aborted
          ? (context.signal.reason as Error)
          : new NotWell(`${url.host}: ${error.message}`, { cause: error }),
      ),
    );
    request.once("upgrade", (_response, socket) => {
      socket.destroy();
      reject(new NotWell(`${url.host} changes the protocol, unasked`));
    });
    request.once("response", (response) => {
      times["first byte"] = since();
      const certificateDays = url.protocol === "https:" ? daysLeft(response.socket as TLSSocket) : null;
      const pageOf = async (): Promise<Page> => {
        const body = await bodyOf(response, wantsBody);
        request.destroy();
        const { location } = response.headers;
        return { status: response.statusCode ?? 0, body, location, certificateDays };
      };
      settle(pageOf());
    });
    request.end();
  });
}

/** To its end, or as much of it as is looked at. */
async function bodyOf(response: IncomingMessage, wanted: boolean): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    if (wanted) parts.push(part);
    bytes += part.length;
    if (bytes >= mostBodyBytes) break;
  }
  return Buffer.concat(parts).toString("utf8");
}
