/**
 * Text of strangers, as what it is: nothing in it may move the cursor, hide, or turn the words around it.
 *
 * React keeps markup from being markup. What remains are characters that draw nothing, or act on others: controls and
 * with them terminal escapes, bidirectional marks, zero-width characters, tags, and lone surrogates. Each becomes a
 * visible mark.
 */

export interface Piece {
  text: string;
  /** A stand-in for a character that would not have been seen. */
  mark: boolean;
}

const UNSEEN_CLASSES = [
  "[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad]", // controls but tab and line feed, soft hyphen
  "[\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb]", // format, bidirectional
  "[\\u2028\\u2029]", // separators of lines and paragraphs
  "[\\u115f\\u1160\\u3164\\uffa0]", // fillers
  "[\\u{e0000}-\\u{e0fff}]", // tags, variation selectors
  "[\\ud800-\\udfff]", // surrogates alone, since whole pairs are one character here
]
  .map(each => each.slice(1, -1))
  .join("");
const UNSEEN_RUN = new RegExp(`[${UNSEEN_CLASSES}]+`, "gu");

const DELETE = 0x7f;
const CONTROL_PICTURES = 0x2400;

/** What stands for an unseen character: its control picture, or its number. */
export function mark(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCharCode(CONTROL_PICTURES + code);
  if (code === DELETE) return "␡";
  return `⟨${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

function marks(run: string): string {
  return Array.from(run, mark).join("");
}

/** The text in pieces, with marks for what would not be seen. A carriage return before a line feed is dropped. */
export function pieces(text: string): Piece[] {
  const clean = text.replaceAll("\r\n", "\n");
  const found: Piece[] = [];
  let from = 0;
  for (const match of clean.matchAll(UNSEEN_RUN)) {
    if (match.index > from) found.push({ text: clean.slice(from, match.index), mark: false });
    // A run of marks is one piece: a megabyte of NULs is not a million elements.
    found.push({ text: marks(match[0]), mark: true });
    from = match.index + match[0].length;
  }
  if (from < clean.length) found.push({ text: clean.slice(from), mark: false });
  return found;
}

/** The text as one string with its marks, for attributes and titles. */
export function visible(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(UNSEEN_RUN, marks);
}

export interface Cut {
  text: string;
  /** Characters that were left out at the end. */
  leftOut: number;
}

/** At most `limit` characters, never ending within a pair. */
export function cut(text: string, limit: number): Cut {
  if (text.length <= limit) return { text, leftOut: 0 };
  const last = text.charCodeAt(limit - 1);
  const end = last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit;
  return { text: text.slice(0, end), leftOut: text.length - end };
}
