import { expect, test } from "vitest";
import { episodeFilters, playSearch, taskFilters } from "./search";

test("what is understood is kept, and the rest left out", () => {
  expect(taskFilters({ q: "sort", level: "hard", page: 3, split: "held_out" })).toEqual({
    q: "sort",
    level: "hard",
    page: 3,
    split: "held_out",
  });
  expect(taskFilters({ level: "impossible", page: -1, split: 7, q: "", other: "x" })).toEqual({});
  expect(episodeFilters({ outcome: "solved", q: {} })).toEqual({ outcome: "solved" });
});

test("an id of digits stays a text", () => {
  expect(playSearch({ task: 17 })).toEqual({ task: "17" });
});

test("a text is bounded", () => {
  expect(taskFilters({ q: "x".repeat(5000) }).q).toHaveLength(200);
});
