/**
 * Requests to the hub over node:http(s): keeps one connection, trusts an extra certificate authority, and spares the
 * memory of the global fetch.
 */
import http from "node:http";
import https from "node:https";
import { rootCertificates } from "node:tls";
import type { HubFetch } from "@culprit/protocol";

const maximumAnswerBytes = 16 * 1024 * 1024;

export type HubConnections = { fetch: HubFetch; close(): void };

/**
 * `certificates`: PEM text of certificate authorities to trust besides the built-in ones. A connection that is not there
 * within `connectSeconds`, TLS and the look-up of the name included, is given up, however long the request may take.
 */
export function hubConnections(certificates?: string, connectSeconds = 20): HubConnections {
  const options = { keepAlive: true, maxSockets: 2, timeout: 60_000 };
  const plain = new http.Agent(options);
  const secure = new https.Agent(
    certificates ? { ...options, ca: [...rootCertificates, certificates] } : options,
  );
  return {
    fetch: (url, request) =>
      new Promise((resolve, reject) => {
        const isSecure = url.startsWith("https:");
        const { method, headers, body, signal } = request;
        const outgoing = (isSecure ? https : http).request(url, {
          method,
          signal,
          agent: isSecure ? secure : plain,
          headers: body === null ? headers : { ...headers, "content-length": Buffer.byteLength(body) },
        });
        outgoing.on("error", reject);
        outgoing.on("socket", (socket) => {
          // One that was kept is connected.
          if (!socket.connecting) return;
          const tooLong = () => outgoing.destroy(new Error(`no connection within ${connectSeconds} s`));
          const timer = setTimeout(tooLong, connectSeconds * 1000);
          socket.once(isSecure ? "secureConnect" : "connect", () => clearTimeout(timer));
          outgoing.once("close", () => clearTimeout(timer));
        });
        outgoing.on("response", (response) => {
          const text = readText(response);
          text.catch(reject);
          const status = response.statusCode ?? 0;
          resolve({
            ok: status >= 200 && status < 300,
            status,
            headers: { get: (name) => response.headers[name.toLowerCase()]?.toString() ?? null },
            text: () => text,
          });
        });
        outgoing.end(body);
      }),
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

async function readText(response: http.IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maximumAnswerBytes) throw new Error("the hub's answer is too large");
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
