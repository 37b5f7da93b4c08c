import { expect, test } from "vitest";
import { mayReachFrom } from "./outbound.ts";

const publicOnly = mayReachFrom([]);

test.each([
  "127.0.0.1",
  "127.9.9.9",
  "10.1.2.3",
  "172.31.255.255",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "0.0.0.0",
  "224.0.0.1",
  "255.255.255.255",
  "::1",
  "::",
  "::ffff:127.0.0.1",
  "::ffff:10.0.0.1",
  "64:ff9b::a00:1",
  "2002:7f00:1::",
  "fd00::1",
  "fe80::1",
  "ff02::1",
])("%s is internal", (address) => {
  expect(publicOnly("rebound.example", address)).toBe(false);
});

test.each(["8.8.8.8", "172.32.0.1", "192.167.1.1", "2606:4700::1111"])("%s is not", (address) => {
  expect(publicOnly("host.example", address)).toBe(true);
});

test("what the settings list may be reached, by address, network or name", () => {
  const may = mayReachFrom(["127.0.0.1", "10.0.0.0/8", "fd00::/8", "db1.internal", "*.lan"]);
  expect(may("a", "127.0.0.1")).toBe(true);
  expect(may("a", "127.0.0.2")).toBe(false);
  expect(may("a", "10.200.0.1")).toBe(true);
  expect(may("a", "fd12::1")).toBe(true);
  expect(may("DB1.internal.", "192.168.0.5")).toBe(true);
  expect(may("db2.internal", "192.168.0.5")).toBe(false);
  expect(may("nas.lan", "192.168.0.6")).toBe(true);
  expect(may("lan", "192.168.0.6")).toBe(false);
});
