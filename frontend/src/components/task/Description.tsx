import { paragraphs } from "@/text/paragraphs";
import { Words } from "../terminal/TerminalText";
import styles from "./Description.module.css";

const LONGEST = 20_000;

/** What a task asks for. */
export function Description({ text }: { text: string }) {
  return (
    <div className={styles.description}>
      {paragraphs(text).map((paragraph, number) => (
        <p key={number} className={paragraph.preformatted ? styles.lines : undefined}>
          {paragraph.runs.map((run, index) =>
            run.code ? (
              <code key={index}>
                <Words text={run.text} limit={LONGEST} />
              </code>
            ) : (
              <Words key={index} text={run.text} limit={LONGEST} />
            ),
          )}
        </p>
      ))}
    </div>
  );
}
