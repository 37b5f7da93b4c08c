import { expect, test } from "vitest";
import { Gathered } from "./gathered.ts";

test("who asks while a look-up is under way is served by the next one, all together and each with its own", async () => {
  const lookUps: (readonly number[])[] = [];
  const squares = new Gathered<number, number>(async (keys) => {
    lookUps.push(keys);
    await Promise.resolve();
    return new Map(keys.filter((key) => key > 0).map((key) => [key, key * key]));
  });
  expect(await Promise.all([3, 4, -1, 4].map((key) => squares.of(key)))).toEqual([9, 16, undefined, 16]);
  expect(lookUps).toEqual([[3], [4, -1]]);
});

test("a look-up that fails fails for those it was for, and the next one is made all the same", async () => {
  let fails = true;
  const gathered = new Gathered<string, string>(async (keys) => {
    if (fails) throw new Error("the store is away");
    return new Map(keys.map((key) => [key, key.toUpperCase()]));
  });
  await expect(gathered.of("a")).rejects.toThrow("the store is away");
  fails = false;
  expect(await gathered.of("b")).toBe("B");
});
