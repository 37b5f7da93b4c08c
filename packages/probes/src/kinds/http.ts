import { request as plain, type IncomingMessage } from "node:http";
import { request as secure } from "node:https";
import type { TLSSocket } from "node:tls";
import { textWithoutSecrets, type CheckNumber, type CheckState, type CheckTarget } from "@culprit/protocol";
import { certificateFault, daysLeft } from "../certificate.ts";
import { NotWell, type Probe, type ProbeContext } from "../probe.ts";
import { connectionFault, said, type Said } from "../said.ts";
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
  const shown = { method: target.method, address: `${url.origin}${url.pathname}`, status, seconds };
  const wrong = faultOf(page, target, shown);
  if (wrong) return { numbers, ...wrong };
  const slow = levelOf(seconds, { warning: target.warningSeconds, critical: target.criticalSeconds });
  return { state: slow, numbers, ...said(slow === "ok" ? "page-ok" : "page-slow", shown) };
};

type Shown = { method: string; address: string; status: number; seconds: number };

function faultOf(page: Page, target: HttpTarget, shown: Shown): ({ state: CheckState } & Said) | null {
  const { statuses, contains, certificateDays } = target;
  const well = statuses ? statuses.includes(page.status) : page.status >= 200 && page.status < 400;
  if (!well) return { state: "critical", ...said("page-wrong-status", shown) };
  if (contains !== undefined && !page.body.includes(contains))
    return { state: "critical", ...said("page-without-text", { ...shown, expected: contains }) };
  if (page.certificateDays !== null && page.certificateDays < certificateDays)
    return {
      state: "warning",
      ...said("page-certificate-ends", { ...shown, days: Math.floor(page.certificateDays) }),
    };
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
        said("too-many-redirects", { count: mostRedirects, address: shownAddress(page.location) }),
      );
    url = redirected(url, page.location);
  }
}

const shownAddress = (location: string): string =>
  textWithoutSecrets(location.replace(/[?#].*/s, "")).slice(0, 200);

function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : null;
  if (to?.protocol !== "http:" && to?.protocol !== "https:")
    throw new NotWell(said("redirect-elsewhere", { address: shownAddress(location) }));
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
        const fault = certificateFault(url.hostname, socket as TLSSocket);
        if (fault === null) return;
        reject(new NotWell(fault));
        // The request, with the login in it, waits for this event to be over: it never leaves.
        socket.destroy();
      });
    });
    request.once("error", (error) =>
      reject(
        context.signal.aborted
          ? (context.signal.reason as Error)
          : new NotWell(connectionFault(url.host, error), { cause: error }),
      ),
    );
    request.once("upgrade", (_response, socket) => {
      socket.destroy();
      reject(new NotWell(said("other-protocol", { place: url.host })));
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
