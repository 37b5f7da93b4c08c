import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { orderOf, reorderAll } from "./order.ts";

describe("the order of numbers", () => {
  const instant = fc.integer({ min: -(2 ** 51), max: 2 ** 51 });

  test.prop([fc.array(instant, { minLength: 2 })])("is that of a stable sort", (keys) => {
    const expected = keys.map((_, index) => index).toSorted((a, b) => keys[a]! - keys[b]!);
    const order = orderOf(Float64Array.from(keys));
    expect(Array.from(order ?? keys.keys())).toEqual(expected);
  });

  test.prop([fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2 })])(
    "keeps equal numbers in their order",
    (keys) => {
      const expected = keys.map((_, index) => index).toSorted((a, b) => keys[a]! - keys[b]!);
      expect(Array.from(orderOf(Float64Array.from(keys)) ?? keys.keys())).toEqual(expected);
    },
  );

  test("is none for numbers in order, and for none", () => {
    expect(orderOf(Float64Array.of(1, 1, 2))).toBeNull();
    expect(orderOf(new Float64Array())).toBeNull();
  });

  test("moves values of any kind", () => {
    const columns = [Uint8Array.of(7, 8, 9), Float64Array.of(0.5, Number.NaN, 2 ** 52)];
    reorderAll(columns, Uint32Array.of(2, 0, 1));
    expect(columns).toEqual([Uint8Array.of(9, 7, 8), Float64Array.of(2 ** 52, 0.5, Number.NaN)]);
  });
});
