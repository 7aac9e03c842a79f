import { useMutation } from "@tanstack/react-query";
import { Play as PlayIcon } from "lucide-react";
import { useEffect, useId, useState } from "react";
import { answered, client } from "@/api/client";
import { asProblem } from "@/api/problem";
import { Code } from "@/components/code/Code";
import { Button } from "@/components/ui/Button";
import { Loading, ProblemNote } from "@/components/ui/states";
import { useShortcuts } from "@/shortcuts";
import { Ran } from "./Ran";
import styles from "./Sandbox.module.css";

const EXAMPLE = `import sys

words = sys.stdin.read().split()
print(len(words), "words")
for word in sorted(set(words)):
    print(f"{words.count(word):4}  {word}")
`;
const EXAMPLE_INPUT = "to be or not to be\n";
const ITEM = "codearena.sandbox";

interface Program {
  code: string;
  stdin: string;
}

/** What was written before, in this tab. */
function remembered(): Program {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(ITEM) ?? "null");
    if (typeof found === "object" && found !== null && "code" in found && "stdin" in found) {
      return { code: String(found.code), stdin: String(found.stdin) };
    }
  } catch {
    // Not ours: the example will do.
  }
  return { code: EXAMPLE, stdin: EXAMPLE_INPUT };
}

function remember(program: Program): void {
  try {
    sessionStorage.setItem(ITEM, JSON.stringify(program));
  } catch {
    // Larger than the browser keeps: it is there until the tab is closed.
  }
}

export function SandboxPage() {
  const [program, setProgram] = useState(remembered);
  const run = useMutation({
    mutationFn: (body: Program) => answered(client.POST("/run_raw", { body })),
  });
  const { mutate, isPending } = run;
  const stdinId = useId();

  useEffect(() => {
    remember(program);
  }, [program]);
  useShortcuts("Sandbox", [
    {
      keys: "$mod+Enter",
      meaning: "Run",
      run: () => {
        if (!isPending) mutate(program);
      },
    },
  ]);

  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>Sandbox</h1>
        <p className="muted">Any Python, isolated like an attempt. Nothing of it is graded or counted.</p>
      </header>
      <div className={styles.work}>
        <section className={styles.pane} aria-label="Program">
          <div className={styles.editor}>
            <Code
              label="Program"
              value={program.code}
              onChange={code => {
                setProgram(before => ({ ...before, code }));
              }}
            />
          </div>
          <div className={styles.stdin}>
            <label htmlFor={stdinId}>Standard input</label>
            <textarea
              id={stdinId}
              rows={4}
              spellCheck={false}
              value={program.stdin}
              onChange={event => {
                const stdin = event.target.value;
                setProgram(before => ({ ...before, stdin }));
              }}
            />
          </div>
          <div className={styles.actions}>
            <Button
              look="primary"
              icon={PlayIcon}
              busy={isPending}
              disabled={isPending}
              onClick={() => {
                mutate(program);
              }}
            >
              Run
            </Button>
          </div>
        </section>
        <section className={styles.pane} aria-label="Result" aria-live="polite" aria-busy={isPending}>
          {isPending ? (
            <div className={styles.waiting}>
              <Loading what="result" lines={5} />
            </div>
          ) : run.error ? (
            <ProblemNote
              problem={asProblem(run.error)}
              onRetry={() => {
                mutate(run.variables);
              }}
            />
          ) : run.data ? (
            <Ran result={run.data} />
          ) : (
            <p className={styles.before}>
              What it prints is shown here, with its time, its memory and how it ended. A program that does
              not end is ended at its limit.
            </p>
          )}
        </section>
      </div>
    </div>
  );
}
