import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { asProblem, type ApiProblem } from "@/api/problem";
import { readyQuery } from "@/api/queries";
import type { Ready } from "@/api/types";
import { TriangleAlert } from "lucide-react";
import styles from "./StatusStrip.module.css";

/** What everybody should know before trusting what a page shows: who is away, what is not ready, how weak it is. */
export function StatusStrip() {
  const { data, error } = useQuery(readyQuery);
  const said = error ? gone(asProblem(error)) : data ? standing(data) : null;
  return <div aria-live="polite">{said}</div>;
}

function gone(problem: ApiProblem): ReactNode {
  if (problem.kind === "key") return null; // the dialog says it
  return (
    <Strip tone="bad" title="The gateway does not answer.">
      What is shown is from before. The page asks again every two seconds, and goes on by itself.
    </Strip>
  );
}

function standing({ ready, checks, isolation }: Ready): ReactNode {
  if (!ready) {
    const broken = Object.entries(checks).filter(([, check]) => check !== "ok");
    return (
      <Strip tone="bad" title="Attempts cannot be graded at present.">
        {broken.map(([name, check]) => `${name}: ${check}`).join("; ")}
      </Strip>
    );
  }
  if (isolation && /\blocal\b/.test(isolation.name)) {
    return (
      <Strip tone="warn" title="Isolation is local.">
        Attempts run as plain processes of this machine, without a container. Run only code that you trust.
        {isolation.degradations.length > 0 && (
          <details>
            <summary>What is missing</summary>
            <ul>
              {isolation.degradations.map(each => (
                <li key={each}>{each}</li>
              ))}
            </ul>
          </details>
        )}
      </Strip>
    );
  }
  return null;
}

function Strip({ tone, title, children }: { tone: "warn" | "bad"; title: string; children: ReactNode }) {
  return (
    <div className={styles.strip} data-tone={tone}>
      <TriangleAlert size={15} strokeWidth={1.75} aria-hidden="true" />
      <div>
        <strong>{title}</strong> {children}
      </div>
    </div>
  );
}
