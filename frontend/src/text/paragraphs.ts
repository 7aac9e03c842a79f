/** The little of Markdown that task descriptions use: paragraphs, and code between backticks. */

export interface Paragraph {
  /** preformatted: its lines stay lines, such as a list's or an example's. */
  preformatted: boolean;
  runs: Run[];
}

export interface Run {
  text: string;
  code: boolean;
}

/** A line that means its beginning: indented, of a list, quoted, or an example of the interpreter. */
const OWN_LINE = /^(\s|[-*>|#+]|\d+[.)])/;

export function paragraphs(text: string): Paragraph[] {
  return text
    .trim()
    .split(/\n\s*\n/)
    .filter(block => block.trim() !== "")
    .map(block => {
      const lines = block.split("\n");
      const preformatted = lines.some(line => OWN_LINE.test(line));
      return { preformatted, runs: runs(preformatted ? block : lines.join(" ")) };
    });
}

function runs(text: string): Run[] {
  return text
    .split(/(`[^`\n]+`)/)
    .filter(part => part !== "")
    .map(part =>
      part.length > 2 && part.startsWith("`") && part.endsWith("`")
        ? { text: part.slice(1, -1), code: true }
        : { text: part, code: false },
    );
}
