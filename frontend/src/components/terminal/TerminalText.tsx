import { memo, useState } from "react";
import { count } from "@/text/format";
import { cut, pieces } from "@/text/visible";
import styles from "./Terminal.module.css";

/** Of a line, at first: more takes a browser long to break into lines. */
const LINE_LIMIT = 2_000;
const LINES_LIMIT = 400;
/** Of what is asked for after that. */
const MORE_LIMIT = 65_536;

/** Text of strangers: every character is seen, none acts, and a long one is shown in part until more is asked for. */
export const TerminalText = memo(function TerminalText({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  const limit = whole ? MORE_LIMIT : LINE_LIMIT;
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const shown = lines.slice(0, whole ? LINES_LIMIT * 25 : LINES_LIMIT);
  const cuts = shown.map(line => cut(line, limit));
  const hidden = cuts.reduce((sum, each) => sum + each.leftOut, 0);
  return (
    <>
      {cuts.map((line, number) => (
        <span key={number}>
          {number > 0 && "\n"}
          <Line text={line.text} />
          {line.leftOut > 0 && <span className={styles.more}> … {count(line.leftOut)} more characters</span>}
        </span>
      ))}
      {shown.length < lines.length && (
        <span className={styles.more}>{`\n… ${count(lines.length - shown.length)} more lines`}</span>
      )}
      {!whole && (hidden > 0 || shown.length < lines.length) && (
        <>
          {" "}
          <button
            type="button"
            className={styles.show}
            onClick={() => {
              setWhole(true);
            }}
          >
            Show more
          </button>
        </>
      )}
    </>
  );
});

const Line = memo(function Line({ text }: { text: string }) {
  return pieces(text).map((piece, number) =>
    piece.mark ? (
      <span key={number} className={styles.mark}>
        {piece.text}
      </span>
    ) : (
      piece.text
    ),
  );
});

/** A name or value from outside within a sentence or a cell. */
export function Words({ text, limit = 300 }: { text: string; limit?: number }) {
  const shown = cut(text, limit);
  return (
    <bdi>
      <Line text={shown.text} />
      {shown.leftOut > 0 && "…"}
    </bdi>
  );
}
