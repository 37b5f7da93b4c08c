import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { limits } from "./limits.ts";
import { cleanOutput, output } from "./output.ts";

test("lines and tabs stay; colours, titles and other control characters do not", () => {
  expect(cleanOutput("a\tb\nc")).toBe("a\tb\nc");
  expect(cleanOutput("\u001b[1;31merror\u001b[0m \u001b]0;title\u0007done")).toBe("error done");
  expect(cleanOutput("50%\r100%\r\nend\u0000\u0008\u202e")).toBe("50%\n100%\nend\ufffd\ufffd\ufffd");
});

test("the end of a long text is kept, from a whole character on", () => {
  const kept = cleanOutput(`${"é".repeat(limits.outputBytes)}x`);
  expect(new TextEncoder().encode(kept).length).toBe(limits.outputBytes - 1);
  expect(kept).toMatch(/^é+x$/);
});

test("its bound is one of bytes, not of characters", () => {
  expect(output.safeParse("é".repeat(limits.outputBytes / 2)).success).toBe(true);
  expect(output.safeParse("é".repeat(limits.outputBytes / 2 + 1)).success).toBe(false);
});

test.prop([fc.string({ unit: "binary", maxLength: 20_000 })], { numRuns: 50 })(
  "whatever was written is plain, within the bound, and the same when it is cleaned again",
  (text) => {
    const once = cleanOutput(text);
    expect(once).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
    expect(output.safeParse(once).success).toBe(true);
    expect(cleanOutput(once)).toBe(once);
  },
);
