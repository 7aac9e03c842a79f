import { Terminal } from "@/components/terminal/Terminal";
import type { Attempt } from "@/api/types";
import { TerminalText, Words } from "@/components/terminal/TerminalText";
import terminal from "@/components/terminal/Terminal.module.css";
import { VerdictLog } from "@/components/terminal/VerdictLog";
import { AttemptOutcome } from "@/components/verdict/AttemptOutcome";
import { outcomeOf } from "@/components/ui/outcome";
import { ProblemNote } from "@/components/ui/states";
import { reward, seconds } from "@/text/format";
import styles from "./Play.module.css";
import type { Deed, Session } from "./session";

export function LogPane({ session, shown }: { session: Session; shown: Attempt | undefined }) {
  return (
    <section className={styles.pane} aria-label="What happened">
      <div className={styles.paneBar}>
        <h2>{shown ? `Attempt ${shown.step}` : "Log"}</h2>
        <span className={styles.spring} />
        {shown && <AttemptOutcome verdict={shown.verdict} />}
      </div>
      {session.failure && <ProblemNote problem={session.failure.problem} onRetry={session.failure.retry} />}
      {session.episodeProblem && !session.episode && <ProblemNote problem={session.episodeProblem} />}
      {session.deeds.length > 0 && <Deeds deeds={session.deeds} />}
      {shown ? <VerdictLog verdict={shown.verdict} /> : <Before session={session} />}
    </section>
  );
}

/** Before the first step: what the code as given does, once that is known. */
function Before({ session }: { session: Session }) {
  const { baseline } = session;
  return (
    <Terminal label="Log">
      {baseline ? (
        <>
          <span className={`${terminal.block} ${terminal.dim}`}>The code as given:</span>
          <span className={terminal.block}>
            <TerminalText text={baseline.errorLog} />
          </span>
          {baseline.hint && (
            <span className={terminal.block}>
              <span className={terminal.dim}>hint</span> <TerminalText text={baseline.hint} />
            </span>
          )}
        </>
      ) : (
        <span className={terminal.dim}>
          Repair the code and run a step: it is compiled, run against every test in a sandbox, and graded.
        </span>
      )}
    </Terminal>
  );
}

function Deeds({ deeds }: { deeds: readonly Deed[] }) {
  return (
    <ol className={styles.deeds} aria-label="Agent" aria-live="polite">
      {deeds.map((deed, number) => (
        <li key={number}>
          <DeedWords deed={deed} />
        </li>
      ))}
    </ol>
  );
}

function DeedWords({ deed }: { deed: Deed }) {
  switch (deed.kind) {
    case "fixing":
      return <span className="muted">Looking for a repair …</span>;
    case "stepping":
      return <span className="muted">Running step {deed.step} …</span>;
    case "fixed":
      return (
        <>
          <strong>{deed.fix.success ? deed.fix.method : "no repair"}</strong>{" "}
          <span className="faint">{seconds(deed.seconds)}</span>{" "}
          <Words text={deed.fix.explanation} limit={240} />
        </>
      );
    case "stepped":
      return (
        <>
          <strong>step {deed.attempt.step}</strong> {reward(deed.attempt.verdict.reward)},{" "}
          {outcomeOf(deed.attempt.verdict).words}
        </>
      );
    case "over":
      return <strong>{deed.words}</strong>;
  }
}
