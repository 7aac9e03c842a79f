import { describe, expect, test } from "vitest";
import { cut, pieces, visible } from "./visible";

describe("visible", () => {
  test("plain text of every script stays as it is", () => {
    const text = "def f():\n\treturn 'Grüße, 世界, שלום, 👍'";
    expect(visible(text)).toBe(text);
    expect(pieces(text)).toEqual([{ text, mark: false }]);
  });

  test("a terminal escape is shown, and acts on nothing", () => {
    expect(visible("\u001b[31mred\u001b[0m")).toBe("␛[31mred␛[0m");
    expect(visible("\u009b2J")).toBe("⟨009B⟩2J");
  });

  test("NUL, bell, backspace and delete have their pictures", () => {
    expect(visible("a\0b\u0007c\bd\u007f")).toBe("a␀b␇c␈d␡");
  });

  test("bidirectional marks cannot turn code around", () => {
    expect(visible("if access != 'user\u202e \u2066# admin\u2069 \u2066'")).not.toMatch(
      /[\u202a-\u202e\u2066-\u2069]/,
    );
    expect(visible("\u202e")).toBe("⟨202E⟩");
  });

  test("zero-width characters, tags and lone surrogates are seen", () => {
    expect(visible("a\u200bb\ufeff")).toBe("a⟨200B⟩b⟨FEFF⟩");
    expect(visible("\u{e0041}")).toBe("⟨E0041⟩");
    expect(visible("x\ud800y")).toBe("x⟨D800⟩y");
  });

  test("a carriage return is shown unless it only ends a line", () => {
    expect(visible("one\r\ntwo\rover")).toBe("one\ntwo␍over");
  });

  test("a megabyte of NULs is one piece", () => {
    expect(pieces("\0".repeat(1_000_000))).toHaveLength(1);
  });
});

describe("cut", () => {
  test("says how much was left out, and splits no pair", () => {
    expect(cut("abc", 3)).toEqual({ text: "abc", leftOut: 0 });
    expect(cut("x".repeat(65536), 2000).leftOut).toBe(63536);
    expect(cut("ab👍", 3)).toEqual({ text: "ab", leftOut: 2 });
  });
});
