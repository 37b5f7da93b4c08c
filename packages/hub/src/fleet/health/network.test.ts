import { expect, test } from "vitest";
import { plainAddress, readGateway } from "./network.ts";

const header = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";

test("the gateway is that of the default route, and there may be none", () => {
  const link = "eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n";
  expect(readGateway(`${header}${link}eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n`)).toBe(
    "172.17.0.1",
  );
  expect(readGateway(header + link)).toBeNull();
  expect(readGateway("")).toBeNull();
});

test("an address of IPv4 is the same on a socket of IPv6", () => {
  expect(plainAddress("::ffff:192.0.2.7")).toBe("192.0.2.7");
  expect(plainAddress("2001:db8::7")).toBe("2001:db8::7");
});
