import type { OutputText, RunRawResponse } from "@/api/types";
import { Terminal } from "@/components/terminal/Terminal";
import terminal from "@/components/terminal/Terminal.module.css";
import { TerminalText, Words } from "@/components/terminal/TerminalText";
import { Stats, type Stat } from "@/components/ui/Stats";
import { bytes, seconds, words } from "@/text/format";
import styles from "./Sandbox.module.css";

const ENDED_WELL = "returned";

/** What a program did. */
export function Ran({ result }: { result: RunRawResponse }) {
  const well = result.status === ENDED_WELL && result.exit_status === 0;
  return (
    <>
      <div className={styles.facts}>
        <Stats label="Run" stats={facts(result, well)} />
        {result.detail && (
          <p className="muted">
            <Words text={result.detail} limit={600} />
          </p>
        )}
      </div>
      <Terminal label="Output">
        <Stream name="stdout" output={result.stdout} />
        <Stream name="stderr" output={result.stderr} />
        {result.stdout.text === "" && result.stderr.text === "" && (
          <span className={terminal.dim}>Nothing was printed.</span>
        )}
      </Terminal>
    </>
  );
}

function facts(result: RunRawResponse, well: boolean): Stat[] {
  return [
    {
      name: "Outcome",
      value: <span className={well ? terminal.good : terminal.bad}>{ending(result, well)}</span>,
      note: result.signal > 0 ? `signal ${result.signal}` : `exit status ${result.exit_status}`,
    },
    { name: "CPU time", value: seconds(result.cpu_s), note: `${seconds(result.wall_s)} in all` },
    { name: "Peak memory", value: bytes(result.peak_memory_bytes) },
    { name: "Complexity", value: result.complexity || "–", note: "read from the code" },
  ];
}

function ending(result: RunRawResponse, well: boolean): string {
  if (well) return "ended";
  return result.status === ENDED_WELL ? "failed" : words(result.status);
}

function Stream({ name, output }: { name: string; output: OutputText }) {
  if (output.text === "") return null;
  return (
    <div className={terminal.block}>
      <span className={terminal.dim}>
        {name}
        {output.truncated && `, ${bytes(output.total_bytes)} in all, of which the middle is left out`}
      </span>
      {"\n"}
      <TerminalText text={output.text} />
    </div>
  );
}
