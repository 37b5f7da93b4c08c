/**
 * Who sends, as far as an address tells: of IPv6 its network, for whoever has one address there has 2^64 of them (RFC 4291,
 * 2.5.4), and limits by address would be none.
 */
import { isIP } from "node:net";
import { plainAddress } from "../fleet/health/network.ts";

/** `2001:db8:0:1::/64` of an address of IPv6; one of IPv4 as it is, also where a socket of both families tells it. */
export function senderOf(address: string): string {
  const plain = plainAddress(address).replace(/%.*$/, "");
  if (isIP(plain) !== 6) return plain;
  const [before = "", after] = plain.split("::");
  const groups = before.split(":").filter((group) => group !== "");
  // A dotted end stands for two groups, but never in these four.
  const last = after?.split(":").filter((group) => group !== "") ?? [];
  const all = after === undefined ? groups : [...groups, ...zeros(8 - groups.length - last.length), ...last];
  const network = all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(":")}::/64`;
}

const zeros = (count: number): string[] => Array.from({ length: count }, () => "0");
