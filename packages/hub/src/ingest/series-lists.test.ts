import { expect, test } from "vitest";
import { SeriesLists } from "./series-lists.ts";

test("lists are held within bounds, also such as have hardly any series: each space more makes another text", () => {
  const lists = new SeriesLists();
  const learnt = 60_000;
  for (let one = 0; one < learnt; one++) lists.learn(1, `text-${one}`, one % 2 === 0 ? [] : [7]);
  expect(lists.idsOf(1, "text-0")).toBeUndefined();
  expect(lists.idsOf(1, `text-${learnt - 1}`)).toEqual([7]);
  expect(lists.idsOf(2, `text-${learnt - 1}`)).toBeUndefined();
});
