import { expect, test } from "vitest";
import { isTarget } from "@culprit/probes";
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
  "fec0::1",
  "::127.0.0.1",
  "::ffff:0:127.0.0.1",
  "64:ff9b:1::a00:1",
  "2001:0:a00:1::",
  "3fff::1",
  "5f00::1",
  "fe80::1%eth0",
])("%s is internal", (address) => {
  expect(publicOnly("rebound.example", address)).toBe(false);
});

test.each(["8.8.8.8", "172.32.0.1", "192.167.1.1", "2606:4700::1111", "2a00:1450::1"])(
  "%s is not",
  (address) => {
    expect(publicOnly("host.example", address)).toBe(true);
  },
);

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

test.each([
  "10.0.0.0/",
  "10.0.0.0/33",
  "10.0.0.0/8/8",
  "10.0.0.0/x",
  "fd00::/129",
  "10.0.0",
  "*",
  "*.",
  "a b",
  "",
])("the settings can't list %j", (text) => {
  expect(isTarget(text)).toBe(false);
});

test.each(["10.0.0.1", "10.0.0.0/8", "fd00::/8", "::1", "db-1.internal", "*.lan", "7.example"])(
  "they can list %s",
  (text) => {
    expect(isTarget(text)).toBe(true);
  },
);
