import { expect, it } from "vitest";
import { firstView } from "./first-view.ts";

const minute = 60_000;
const day = 1440 * minute;
const now = 1_800_000_000_000;

it("three minutes of data start the view, which stands still until a quarter of an hour is full", () => {
  const first = now - 3 * minute;
  const view = { from: first - 10_000, to: first - 10_000 + 15 * minute };
  expect(firstView(first, now, day)).toEqual(view);
  expect(firstView(first, now + 5 * minute, day)).toEqual(view);
});

it("hours of data start the view just before the first of them, and stay where they are as time goes by", () => {
  const first = now - 120 * minute;
  expect(firstView(first, now, day)).toEqual({ from: first - 10_000, to: now });
  expect(firstView(first, now + minute, day).from).toBe(first - 10_000);
});

it("what is as old as the longest view, or not there, is seen in the longest view", () => {
  const whole = { from: now - day, to: now };
  expect(firstView(now - day + minute, now, day)).toEqual(whole);
  expect(firstView(now - 2 * day, now, day)).toEqual(whole);
  expect(firstView(undefined, now, day)).toEqual(whole);
  expect(firstView(Infinity, now, day)).toEqual(whole);
});
