import { expect, it } from "vitest";
import { commandOf } from "./keys.ts";

it.each([
  ["ArrowRight", false, { do: "walk", step: "next" }],
  ["ArrowRight", true, { do: "pan", share: 0.2 }],
  ["+", true, { do: "zoom", factor: 0.5 }],
  ["-", false, { do: "zoom", factor: 2 }],
  ["Home", false, { do: "home" }],
  [" ", false, { do: "unfold" }],
  ["Enter", false, { do: "open" }],
  ["Escape", false, { do: "clear" }],
])("the key %s (shift %s) asks for %o", (key, shiftKey, command) => {
  expect(commandOf({ key, shiftKey })).toEqual(command);
});

it("Tab and letters are left to the page", () => {
  expect(commandOf({ key: "Tab", shiftKey: false })).toBeUndefined();
  expect(commandOf({ key: "a", shiftKey: false })).toBeUndefined();
});
