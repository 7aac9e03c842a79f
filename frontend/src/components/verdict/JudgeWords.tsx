import type { Verdict } from "@/api/types";
import { Words } from "../terminal/TerminalText";
import { words } from "@/text/format";
import styles from "./Facts.module.css";

type Judgement = NonNullable<Verdict["judgement"]>;

const DIMENSIONS = [
  ["correctness", "Correctness", "llm_correctness"],
  ["security", "Security", "llm_security"],
  ["quality", "Quality", "llm_quality"],
] as const;

const BY: Record<string, string> = {
  static: "Static analysis judged: bandit, radon and ruff. No language model was asked.",
  none: "Nobody was asked: what does not compile is not judged.",
};

/** Who judged, and what they said. */
export function JudgeWords({ verdict }: { verdict: Verdict }) {
  const judgement = verdict.judgement;
  return (
    <div className={styles.words}>
      <p className="muted">
        {BY[verdict.judge] ?? (
          <>
            Judged by the model <Words text={verdict.judge_model || verdict.judge} />.
          </>
        )}
      </p>
      {verdict.judge_flags.length > 0 && (
        <p className={styles.flag}>
          The attempt tried to sway its judge: {verdict.judge_flags.map(words).join(", ")}.
        </p>
      )}
      <dl className={styles.facts}>
        {DIMENSIONS.map(([name, title, component]) => {
          const score = verdict.reward_components[component];
          return (
            <div key={name}>
              <dt>{title}</dt>
              <dd>{score === null ? "not scored" : score.toFixed(2)}</dd>
            </div>
          );
        })}
      </dl>
      {judgement &&
        DIMENSIONS.map(([name, title]) => <Said key={name} title={title} dimension={judgement[name]} />)}
    </div>
  );
}

function Said({ title, dimension }: { title: string; dimension: Judgement["correctness"] }) {
  if (dimension.reason === "" && dimension.findings.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      {dimension.reason && (
        <p>
          <Words text={dimension.reason} limit={600} />
        </p>
      )}
      {dimension.findings.length > 0 && (
        <ul>
          {dimension.findings.map((finding, number) => (
            <li key={number}>
              {finding.line > 0 && <>line {finding.line}: </>}
              <Words text={finding.message} /> <span className="faint mono">{finding.rule}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
