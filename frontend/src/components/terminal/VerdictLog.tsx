import { Terminal } from "./Terminal";
import type { Verdict, VisibleTest } from "@/api/types";
import { counted, seconds, bytes, words } from "@/text/format";
import { TerminalText } from "./TerminalText";
import styles from "./Terminal.module.css";

/** What an attempt did, as a terminal would tell it: compiling, each visible test, the hidden ones counted, the hint. */
export function VerdictLog({ verdict }: { verdict: Verdict }) {
  const run = verdict.execution_metadata;
  const compiles = run.status !== "compile_error";
  return (
    <Terminal label="Log">
      <span className={styles.block}>
        <Outcome passed={compiles} good="ok  " bad="err " /> compile
        {run.python && <span className={styles.dim}> Python {run.python}</span>}
      </span>
      {run.status === "ran" ? (
        verdict.tests.map((test, number) => <TestOutcome key={number} test={test} />)
      ) : (
        <span className={styles.block}>
          <TerminalText text={verdict.error_log} />
        </span>
      )}
      {run.hidden_total > 0 && run.status === "ran" && (
        <span className={styles.block}>
          <Outcome passed={run.hidden_passed === run.hidden_total} good="ok  " bad="fail" />{" "}
          {run.hidden_passed} of {counted(run.hidden_total, "hidden test")} passed
        </span>
      )}
      <Summary verdict={verdict} />
      {verdict.hint && (
        <span className={styles.block}>
          <span className={styles.dim}>hint</span> <TerminalText text={verdict.hint} />
        </span>
      )}
    </Terminal>
  );
}

function Outcome({ passed, good, bad }: { passed: boolean; good: string; bad: string }) {
  return <span className={passed ? styles.good : styles.bad}>{passed ? good : bad}</span>;
}

/** One that passed takes a line; of one that failed everything is told that may be. */
function TestOutcome({ test }: { test: VisibleTest }) {
  return (
    <div className={styles.block}>
      <Outcome passed={test.passed} good="ok  " bad="fail" /> <TerminalText text={test.name} />
      {test.status !== "returned" && test.status !== "" && (
        <span className={styles.dim}> {words(test.status)}</span>
      )}
      <dl className={styles.fields}>
        <Field name="input" text={test.input} />
        <Field name="expected" text={test.expected} />
        <Field name="got" text={test.got} />
        <Field name="stdout" text={test.stdout} />
      </dl>
    </div>
  );
}

function Field({ name, text }: { name: string; text: string }) {
  if (text === "") return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <TerminalText text={text} />
      </dd>
    </>
  );
}

function Summary({ verdict }: { verdict: Verdict }) {
  const run = verdict.execution_metadata;
  const outcome = verdict.solved
    ? "solved"
    : run.status === "ran"
      ? `${run.test_passed} of ${run.test_total} tests passed`
      : words(run.status);
  return (
    <span className={styles.block}>
      <Outcome passed={verdict.solved} good="done" bad="end " /> {outcome}
      {run.status === "ran" && (
        <span className={styles.dim}>
          {" "}
          · {seconds(run.cpu_s)} CPU · {bytes(run.peak_memory_bytes)} · {run.isolation}
        </span>
      )}
      {verdict.unearned && <span className={styles.dim}> · nothing earned: {words(verdict.unearned)}</span>}
    </span>
  );
}
