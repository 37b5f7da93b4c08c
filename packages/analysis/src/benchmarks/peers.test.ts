import { expect, test } from "vitest";
import { amongPeers } from "./peers.ts";

test("one other is no peer group", () => {
  expect(amongPeers(50, [100])).toBeNull();
});

test("a machine at half of the speed of its like is slower", () => {
  expect(amongPeers(50, [98, 102])).toMatchObject({ slower: true });
  expect(amongPeers(50, [98, 102])!.ratio).toBeCloseTo(0.5, 2);
});

test("one that differs a little, or is faster, is not", () => {
  expect(amongPeers(85, [98, 100, 102])).toMatchObject({ slower: false });
  expect(amongPeers(150, [98, 100, 102])).toMatchObject({ slower: false });
});

test("where machines that are alike differ much, half of the speed is nothing special", () => {
  expect(amongPeers(50, [40, 70, 100, 130, 160])).toMatchObject({ slower: false });
});

test("several slow ones among many do not make the usual", () => {
  expect(amongPeers(50, [50, 99, 100, 101, 102])).toMatchObject({ slower: true });
});
