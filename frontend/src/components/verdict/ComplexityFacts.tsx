import type { Verdict } from "@/api/types";
import styles from "./Facts.module.css";

/** What is known of an attempt's growth, in words. */
export function ComplexityFacts({ verdict }: { verdict: Verdict }) {
  const { complexity } = verdict;
  const sizes = complexity.sizes;
  return (
    <>
      <dl className={styles.facts}>
        <Fact name="Measured">
          {complexity.measured ? (
            <>
              {complexity.measured}
              <span className="faint"> {Math.round(complexity.confidence * 100)} % sure</span>
            </>
          ) : (
            <span className="faint">{unmeasured(verdict)}</span>
          )}
        </Fact>
        <Fact name="Read from the code">
          {complexity.estimated || <span className="faint">unknown</span>}
        </Fact>
        <Fact name="Wanted">{complexity.optimal || <span className="faint">not said</span>}</Fact>
        {complexity.ratio !== null && <Fact name="CPU time, of the reference's">{complexity.ratio} ×</Fact>}
        {complexity.space && <Fact name="Memory">{complexity.space}</Fact>}
        {complexity.dominant_lines.length > 0 && (
          <Fact name="Comes about in">
            line{complexity.dominant_lines.length === 1 ? "" : "s"} {complexity.dominant_lines.join(", ")}
          </Fact>
        )}
      </dl>
      {sizes.length > 1 && (
        <p className="sr-only">
          Measured at n = {sizes.join(", ")}: {complexity.times.join(", ")} s of CPU time.
        </p>
      )}
    </>
  );
}

function unmeasured(verdict: Verdict): string {
  const run = verdict.execution_metadata;
  if (run.status !== "ran") return "nothing ran";
  return run.test_passed < run.test_total ? "only once all tests pass" : "too quick to tell a class";
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
