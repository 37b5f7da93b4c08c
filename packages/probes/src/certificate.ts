import type { TLSSocket } from "node:tls";
import { said, type Said } from "./said.ts";

const day = 86_400_000;

/** What is wrong with the certificate of a connection whose handshake was let pass; null if nothing is. */
export function certificateFault(host: string, socket: TLSSocket): Said | null {
  if (socket.authorized) return null;
  const { authorizationError } = socket;
  const code = String(authorizationError ?? "not trusted");
  const { valid_to: end } = socket.getPeerCertificate();
  return code === "CERT_HAS_EXPIRED" && end
    ? said("certificate-expired", { host, date: new Date(end).toISOString().slice(0, 10) })
    : said("certificate-invalid", { host, detail: code });
}

/** Of the server's own certificate; null if it does not tell. */
export function daysLeft(socket: TLSSocket): number | null {
  const end = Date.parse(socket.getPeerCertificate().valid_to ?? "");
  return Number.isNaN(end) ? null : (end - Date.now()) / day;
}
