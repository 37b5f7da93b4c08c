import { expect, test } from "vitest";
import { ownAddresses } from "./own-addresses.ts";

const more = { netmask: "", mac: "", cidr: null };
const four = (address: string, internal = false) => ({ ...more, family: "IPv4" as const, address, internal });
const six = (address: string) => ({ ...more, family: "IPv6" as const, address, internal: false, scopeid: 0 });

test("addresses that others reach are told once, in order; loopback and those of a link alone are not", () => {
  const told = ownAddresses({
    lo: [four("127.0.0.1", true)],
    eth0: [four("192.0.2.9"), six("fe80::1"), six("2001:db8::9")],
    eth1: [four("10.0.0.7"), four("169.254.1.1")],
    bond: [four("10.0.0.7")],
  });
  expect(told).toEqual(["10.0.0.7", "192.0.2.9", "2001:db8::9"]);
});

test("a machine with very many tells some of them", () => {
  const veth = Object.fromEntries(
    Array.from({ length: 300 }, (_, at) => [`br${at}`, [four(`10.0.${at}.1`)]]),
  );
  expect(ownAddresses(veth)).toHaveLength(16);
});
