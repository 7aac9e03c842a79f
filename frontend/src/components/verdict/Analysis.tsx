import type { Verdict } from "@/api/types";
import { ComplexityChart } from "@/components/charts/ComplexityChart";
import { RewardBreakdown } from "@/components/reward/Reward";
import { ComplexityFacts } from "./ComplexityFacts";
import { JudgeWords } from "./JudgeWords";
import styles from "./Analysis.module.css";

/** What a verdict is made of: the reward's parts, how time grows, and what the judge said. */
export function Analysis({ verdict }: { verdict: Verdict }) {
  return (
    <div className={styles.analysis}>
      <section aria-labelledby="analysis-reward">
        <h2 id="analysis-reward">Reward</h2>
        <RewardBreakdown verdict={verdict} />
      </section>
      <section aria-labelledby="analysis-complexity">
        <h2 id="analysis-complexity">Complexity</h2>
        <ComplexityChart complexity={verdict.complexity} />
        <ComplexityFacts verdict={verdict} />
      </section>
      <section aria-labelledby="analysis-judge">
        <h2 id="analysis-judge">Judge</h2>
        <JudgeWords verdict={verdict} />
      </section>
    </div>
  );
}
