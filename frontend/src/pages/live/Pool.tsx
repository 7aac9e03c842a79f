import type { Isolation, Ready } from "@/api/types";
import facts from "@/components/verdict/Facts.module.css";
import { Words } from "@/components/terminal/TerminalText";
import styles from "./Live.module.css";

/** The sandboxes: which isolation is in force, and who waits for one. */
export function Pool({ ready }: { ready: Ready | undefined }) {
  const isolation = ready?.isolation;
  return (
    <section aria-labelledby="live-pool">
      <h2 id="live-pool">Sandboxes</h2>
      {isolation ? (
        <Sandboxes isolation={isolation} />
      ) : (
        <p className="muted">No executor serves at present.</p>
      )}
      {ready && (
        <dl className={facts.facts}>
          <Fact name="Judge">
            {ready.judge?.kind === "llm" ? <Words text={ready.judge.model} limit={60} /> : "static analysis"}
          </Fact>
          {ready.fixers.length > 0 && (
            <Fact name="Fixer">
              <Words text={ready.fixers.join(", then ")} limit={120} />
            </Fact>
          )}
        </dl>
      )}
    </section>
  );
}

function Sandboxes({ isolation }: { isolation: Isolation }) {
  const { leased, ready, queued, capacity, executors, executors_absent } = isolation;
  const of = Math.max(1, capacity);
  return (
    <>
      <div
        className={styles.pool}
        role="img"
        aria-label={`${leased} of ${capacity} sandboxes in use, ${ready} ready, ${queued} attempts waiting`}
      >
        <span data-kind="leased" style={{ width: `${(Math.min(leased, of) / of) * 100}%` }} />
        <span
          data-kind="ready"
          style={{ width: `${(Math.min(ready, Math.max(0, of - leased)) / of) * 100}%` }}
        />
      </div>
      <dl className={facts.facts}>
        <Fact name="Isolation">
          {isolation.name}
          {isolation.runtime && `, ${isolation.runtime}`}
        </Fact>
        <Fact name="In use">
          {leased} of {capacity}
        </Fact>
        <Fact name="Ready">{ready}</Fact>
        <Fact name="Waiting attempts">{queued}</Fact>
        <Fact name="Executors">
          {executors}
          {executors_absent > 0 && `, ${executors_absent} absent`}
        </Fact>
        {isolation.degradations.length > 0 && <Fact name="Missing">{isolation.degradations.join("; ")}</Fact>}
      </dl>
    </>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
