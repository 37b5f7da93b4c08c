import type { TLSSocket } from "node:tls";

const day = 86_400_000;

/** What is wrong with the certificate of a connection whose handshake was let pass; null if nothing is. */
export function certificateFault(socket: TLSSocket): string | null {
  if (socket.authorized) return null;
  const { authorizationError } = socket;
  const code = String(authorizationError ?? "not trusted");
  const { valid_to: end } = socket.getPeerCertificate();
  return code === "CERT_HAS_EXPIRED" && end
    ? `it has expired, on ${new Date(end).toISOString().slice(0, 10)}`
    : code;
}

/** Of the server's own certificate; null if it does not tell. */
export function daysLeft(socket: TLSSocket): number | null {
  const end = Date.parse(socket.getPeerCertificate().valid_to ?? "");
  return Number.isNaN(end) ? null : (end - Date.now()) / day;
}
