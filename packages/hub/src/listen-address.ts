/** Where a hub listens, and whether passwords and tokens may travel there. */
import { BlockList, isIP } from "node:net";
import type { HubSettings } from "./settings.ts";

/** Also knows IPv4 written as IPv6, which texts alone do not tell. */
const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

export function readListen(listen: string): { host: string; port: number } {
  const colon = listen.lastIndexOf(":");
  return { host: listen.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(listen.slice(colon + 1)) };
}

/** Asked for each machine each second: of IPv4 its text tells, which costs a tenth. */
export function isLoopback(host: string): boolean {
  if (host === "localhost") return true;
  const family = isIP(host);
  return family === 4 ? host.startsWith("127.") : family === 6 && loopback.check(host, "ipv6");
}

/** Throws for plain http on an address that others can reach. */
export function refuseOpenHttp({ listen, tlsCert, tlsKey, insecureHttp }: HubSettings): void {
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new Error("CULPRIT_TLS_CERT and CULPRIT_TLS_KEY belong together: give both or none");
  if (tlsCert !== undefined || insecureHttp || isLoopback(readListen(listen).host)) return;
  throw new Error(
    `${listen} can be reached from other machines, and plain http would show them passwords and tokens. ` +
      "Give CULPRIT_TLS_CERT and CULPRIT_TLS_KEY; or listen on 127.0.0.1 behind a proxy that speaks TLS; " +
      "or set CULPRIT_INSECURE_HTTP=true if this network is trusted.",
  );
}
