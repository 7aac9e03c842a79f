import { expect, test } from "vitest";
import { rollingMean } from "./series";

test("a rolling mean is of the values that there are, at most as many as asked", () => {
  expect(rollingMean([1, 0, 0.5, 0.5], 2)).toEqual([1, 0.5, 0.25, 0.5]);
  expect(rollingMean([null, 1, null, null], 2)).toEqual([null, 1, 1, null]);
  expect(rollingMean([], 5)).toEqual([]);
});

test("it does not drift over many values", () => {
  const many = Array.from({ length: 100_000 }, (_, index) => (index % 10) / 10);
  expect(rollingMean(many, 10).at(-1)).toBeCloseTo(0.45, 9);
});
