import { useQuery } from "@tanstack/react-query";
import { Bot, Play as PlayIcon, RotateCcw, Square, WandSparkles } from "lucide-react";
import { useState } from "react";
import { readyQuery } from "@/api/queries";
import type { Attempt } from "@/api/types";
import { Code } from "@/components/code/Code";
import { Words } from "@/components/terminal/TerminalText";
import { Button } from "@/components/ui/Button";
import { Select } from "@/components/ui/Field";
import styles from "./Play.module.css";
import type { Session } from "./session";

const GIVEN = "given";
const BUILTIN = "builtin";

export function EditorPane({ session, shown }: { session: Session; shown: Attempt | undefined }) {
  const { task, attempts, draft, doing, over } = session;
  const [against, setAgainst] = useState<string | undefined>(GIVEN);
  const compared =
    against === GIVEN
      ? task?.buggy_code
      : attempts.find(attempt => String(attempt.step) === against)?.proposed_fix;
  const restorable = shown !== undefined && shown.proposed_fix !== draft;
  return (
    <section className={styles.pane} aria-label="Editor">
      <div className={styles.paneBar}>
        <h2>Your fix</h2>
        <span className={styles.spring} />
        {restorable && (
          <Button
            look="quiet"
            icon={RotateCcw}
            onClick={() => {
              session.setDraft(shown.proposed_fix);
            }}
          >
            Restore attempt {shown.step}
          </Button>
        )}
        {task && draft !== task.buggy_code && (
          <Button
            look="quiet"
            onClick={() => {
              session.setDraft(task.buggy_code);
            }}
          >
            Start over
          </Button>
        )}
        <Select
          label="Compare with"
          any="Compare with nothing"
          value={against ?? ""}
          onChange={setAgainst}
          options={[
            { value: GIVEN, name: "Against the code as given" },
            ...attempts.map(({ step }) => ({ value: String(step), name: `Against attempt ${step}` })),
          ]}
        />
      </div>
      <div className={styles.editor}>
        <Code
          key={task?.id ?? ""}
          label="Your fix"
          value={draft}
          onChange={session.setDraft}
          original={compared ?? null}
          readOnly={doing === "step" || doing === "agent" || doing === "fix"}
        />
      </div>
      <FixNote session={session} />
      <div className={styles.actions}>
        {over ? (
          <Button
            look="primary"
            icon={RotateCcw}
            disabled={doing !== null}
            onClick={() => {
              session.begin(task?.id ?? "auto");
            }}
          >
            New episode
          </Button>
        ) : (
          <Button
            look="primary"
            icon={PlayIcon}
            busy={doing === "step"}
            disabled={doing !== null || !task}
            onClick={session.step}
          >
            Run step
          </Button>
        )}
        <Button
          icon={WandSparkles}
          busy={doing === "fix"}
          disabled={doing !== null || !task}
          onClick={session.askFixer}
        >
          AI Fix
        </Button>
        {doing === "agent" ? (
          <Button icon={Square} onClick={session.stop}>
            Stop the agent
          </Button>
        ) : (
          <Button icon={Bot} disabled={doing !== null || !task} onClick={session.play}>
            Agent Mode
          </Button>
        )}
        <FixerInForce />
        {over && (
          <Button
            look="quiet"
            disabled={doing !== null}
            onClick={() => {
              session.begin("auto");
            }}
          >
            Next task
          </Button>
        )}
      </div>
    </section>
  );
}

/** Who would repair: without a language model the rules of the gateway do. */
function FixerInForce() {
  const { data } = useQuery(readyQuery);
  const first = data?.fixers[0];
  if (first === undefined) return null;
  return (
    <span className={styles.inForce}>
      {first === BUILTIN ? "by built-in rules: no language model is configured" : `by ${first}`}
    </span>
  );
}

/** Which fixer it was, and what it did. */
function FixNote({ session }: { session: Session }) {
  const { fix } = session;
  if (!fix || session.doing === "agent") return null;
  return (
    <p className={styles.fixNote} role="status">
      <strong>{fix.success ? `Fixed by ${fix.method}` : "No repair found"}</strong>{" "}
      <Words text={fix.explanation} limit={600} />
      {fix.success && fix.complexity && <> Looks like {fix.complexity}.</>}
      {fix.algo_hint && (
        <>
          {" "}
          <Words text={fix.algo_hint} />
        </>
      )}
    </p>
  );
}
