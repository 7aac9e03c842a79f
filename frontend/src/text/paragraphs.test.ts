import { expect, test } from "vitest";
import { paragraphs } from "./paragraphs";

test("lines of a paragraph flow, and code is told apart", () => {
  expect(paragraphs("`f(x)` returns\nthe mean.\n\nRepair it.\n")).toEqual([
    {
      preformatted: false,
      runs: [
        { text: "f(x)", code: true },
        { text: " returns the mean.", code: false },
      ],
    },
    { preformatted: false, runs: [{ text: "Repair it.", code: false }] },
  ]);
});

test("lists and examples keep their lines", () => {
  const found = paragraphs("- one\n- two\n\n    >>> f(1)\n    2");
  expect(found.map(each => each.preformatted)).toEqual([true, true]);
  expect(found[0]?.runs[0]?.text).toBe("- one\n- two");
});

test("a lone backtick is a backtick", () => {
  expect(paragraphs("a ` b")[0]?.runs).toEqual([{ text: "a ` b", code: false }]);
});
