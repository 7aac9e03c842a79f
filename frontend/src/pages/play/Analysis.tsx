import type { Verdict } from "@/api/types";
import { ComplexityChart } from "@/components/charts/ComplexityChart";
import { RewardBreakdown } from "@/components/reward/Reward";
import { JudgeWords } from "@/components/verdict/JudgeWords";
import { ComplexityFacts } from "@/components/verdict/ComplexityFacts";
import styles from "./Play.module.css";

/** What a verdict is made of: the reward's parts, how time grows, and what the judge said. */
export function Analysis({ verdict }: { verdict: Verdict }) {
  return (
    <div className={styles.analysis}>
      <section aria-labelledby="play-reward">
        <h2 id="play-reward">Reward</h2>
        <RewardBreakdown verdict={verdict} />
      </section>
      <section aria-labelledby="play-complexity">
        <h2 id="play-complexity">Complexity</h2>
        <ComplexityChart complexity={verdict.complexity} />
        <ComplexityFacts verdict={verdict} />
      </section>
      <section aria-labelledby="play-judge">
        <h2 id="play-judge">Judge</h2>
        <JudgeWords verdict={verdict} />
      </section>
    </div>
  );
}
