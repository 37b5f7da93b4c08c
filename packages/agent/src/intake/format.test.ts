import { expect, test } from "vitest";
import { parseIntakeName } from "./file-names.ts";
import { childSeconds, parseIntake } from "./format.ts";

const text = (entries: string) => parseIntake(Buffer.from(entries));

test("the text form keeps quotes, line breaks and equals signs of a value", () => {
  expect(text("process=a \"b\"\n'c'=d\0exitCode=3\0step=\0end\0")).toEqual({
    run: { process: "a \"b\"\n'c'=d", exitCode: 3 },
  });
});

test.each(["", "process=a", "process=a\0", "process=a\0en", "process=a\0end", '{"process":"a"}'])(
  "%j may still be written",
  (content) => {
    expect(text(content)).toEqual({ incomplete: true });
  },
);

test.each(["=a\0end\0", "a\0end\0", "colour=red\0end\0", "{nonsense}\n", "{}x\n"])(
  "%j is refused",
  (content) => {
    expect(text(content)).toHaveProperty("error");
  },
);

test("children's time is read as dash and bash print it, in any locale", () => {
  expect(childSeconds("0m0.010000s 0m0.000000s\n1m2.500000s 0m0.250000s\n")).toBe(62.75);
  expect(childSeconds("0m0.001s 0m0.000s\n0m1,500s 0m0,004s\n")).toBe(1.504);
  expect(childSeconds("nonsense")).toBeUndefined();
});

test("only names that recorders give are taken", () => {
  expect(parseIntakeName("12345678-a.start")).toEqual({
    name: "12345678-a.start",
    key: "12345678-a",
    part: "start",
  });
  expect(parseIntakeName("12345678.abc.end")).toMatchObject({ key: "12345678", part: "end" });
  for (const name of [
    "short.end",
    "..end",
    "12345678.a.b.end",
    "12345678",
    "12345678.endx",
    "1234567\n8.end",
  ])
    expect(parseIntakeName(name)).toBeNull();
});
