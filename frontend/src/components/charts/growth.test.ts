import { expect, test } from "vitest";
import { fitted, logScale, points, short } from "./growth";

test("what has no place on a logarithmic axis is left out", () => {
  expect(points([0, 10, 100, 1000], [1, 0, 0.5])).toEqual([{ n: 100, seconds: 0.5 }]);
});

test("a fitted class goes through points of that class", () => {
  const measured = [10, 100, 1000].map(n => ({ n, seconds: 3e-6 * n * n }));
  fitted("O(n^2)", measured).forEach((point, index) => {
    expect(point.seconds).toBeCloseTo(measured[index]?.seconds ?? NaN, 12);
  });
  expect(fitted("O(n!)", measured)).toEqual([]);
  expect(fitted("O(n)", measured.slice(0, 1))).toEqual([]);
});

test("a scale has its powers of ten, and its ends where there are too few", () => {
  expect(logScale([8, 1500]).ticks).toEqual([10, 100, 1000]);
  expect(logScale([20, 50]).ticks).toEqual([20, 50]);
  const scale = logScale([1, 100]);
  expect(scale.at(10)).toBeCloseTo(0.5);
});

test("sizes are short", () => {
  expect([1, 512, 1000, 65536, 2e6].map(short)).toEqual(["1", "512", "1k", "65.5k", "2M"]);
});
