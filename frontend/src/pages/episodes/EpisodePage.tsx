import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight, Download } from "lucide-react";
import { useState } from "react";
import { asProblem } from "@/api/problem";
import { episodeQuery } from "@/api/queries";
import type { Attempt, Episode } from "@/api/types";
import { Code } from "@/components/code/Code";
import { Steps } from "@/components/episode/Steps";
import { VerdictLog } from "@/components/terminal/VerdictLog";
import { Words } from "@/components/terminal/TerminalText";
import { Ago } from "@/components/ui/Ago";
import { Button, IconButton } from "@/components/ui/Button";
import { Select } from "@/components/ui/Field";
import { LevelName } from "@/components/ui/LevelName";
import { Loading, Nothing, ProblemNote } from "@/components/ui/states";
import { Analysis } from "@/components/verdict/Analysis";
import { AttemptOutcome } from "@/components/verdict/AttemptOutcome";
import { useShortcuts } from "@/shortcuts";
import { counted } from "@/text/format";
import styles from "./Episodes.module.css";

const route = getRouteApi("/episodes/$episodeId");
const REFRESH_MS = 3_000;

/** An episode, step by step. One that is not over is followed. */
export function EpisodePage() {
  const { episodeId } = route.useParams();
  const {
    data: episode,
    error,
    refetch,
  } = useQuery({
    ...episodeQuery(episodeId),
    refetchInterval: query => (query.state.data?.done === false ? REFRESH_MS : false),
  });
  if (episode) return <Replay key={episodeId} episode={episode} />;
  return (
    <div className={styles.page}>
      <h1>Episode</h1>
      {error ? (
        <ProblemNote problem={asProblem(error)} onRetry={() => void refetch()} />
      ) : (
        <Loading what="episode" lines={8} />
      )}
    </div>
  );
}

function Replay({ episode }: { episode: Episode }) {
  const { attempts } = episode;
  const [chosen, setChosen] = useState<number | null>(null);
  const shown = attempts.find(attempt => attempt.step === chosen) ?? attempts[0];
  const at = shown ? attempts.indexOf(shown) : -1;
  const go = (by: number) => {
    const next = attempts[at + by];
    if (next) setChosen(next.step);
  };
  useShortcuts("Replay", [
    {
      keys: "j",
      meaning: "Next step",
      run: () => {
        go(1);
      },
    },
    {
      keys: "k",
      meaning: "Previous step",
      run: () => {
        go(-1);
      },
    },
  ]);
  return (
    <div className={styles.page}>
      <Header episode={episode} />
      {shown ? (
        <>
          <div className={styles.replayBar}>
            <Steps
              attempts={attempts}
              left={0}
              shown={shown.step}
              onShow={setChosen}
              note={episode.done ? "" : "not over"}
            />
            <IconButton
              label="Previous step"
              icon={ChevronLeft}
              disabled={at <= 0}
              onClick={() => {
                go(-1);
              }}
            />
            <IconButton
              label="Next step"
              icon={ChevronRight}
              disabled={at >= attempts.length - 1}
              onClick={() => {
                go(1);
              }}
            />
          </div>
          <ReplayedStep episode={episode} shown={shown} before={attempts[at - 1]} />
          <Analysis verdict={shown.verdict} />
        </>
      ) : (
        <Nothing title="No step has been taken yet">It is shown here as soon as there is one.</Nothing>
      )}
    </div>
  );
}

function Header({ episode }: { episode: Episode }) {
  const taskId = episode.task_id ?? "";
  const agentId = episode.agent_id ?? "";
  return (
    <header className={styles.header}>
      <h1>
        <Words text={episode.title || taskId} limit={120} />
      </h1>
      <p className={styles.facts}>
        <Link to="/tasks/$" params={{ _splat: taskId }} className="mono">
          <Words text={taskId} limit={80} />
        </Link>
        {episode.difficulty && <LevelName level={episode.difficulty} />}
        <span>
          by{" "}
          <Link to="/agents/$agentId" params={{ agentId }}>
            <Words text={agentId} limit={60} />
          </Link>
        </span>
        <span>{counted(episode.step_count, "step")}</span>
        {episode.created_ms > 0 && <Ago timeMs={episode.created_ms} />}
        {episode.partition === "eval" && <span>evaluation</span>}
      </p>
      <Button
        icon={Download}
        onClick={() => {
          download(episode);
        }}
      >
        Download JSON
      </Button>
    </header>
  );
}

function download(episode: Episode): void {
  const address = URL.createObjectURL(
    new Blob([JSON.stringify(episode, null, 2)], { type: "application/json" }),
  );
  const link = document.createElement("a");
  link.href = address;
  link.download = `episode-${episode.episode_id ?? ""}.json`;
  link.click();
  URL.revokeObjectURL(address);
}

const BEFORE = "before";
const GIVEN = "given";

interface ReplayedStepProps {
  episode: Episode;
  shown: Attempt;
  before: Attempt | undefined;
}

function ReplayedStep({ episode, shown, before }: ReplayedStepProps) {
  const [against, setAgainst] = useState<typeof BEFORE | typeof GIVEN | undefined>(BEFORE);
  const given = episode.buggy_code || null;
  // Before the first attempt there is the code as given.
  const original = against === BEFORE ? (before?.proposed_fix ?? given) : against === GIVEN ? given : null;
  return (
    <div className={styles.replay}>
      <section aria-label="Attempt">
        <div className={styles.paneBar}>
          <h2>Attempt {shown.step}</h2>
          {shown.identical && <span className="faint">identical to an earlier one</span>}
          <span className={styles.spring} />
          <Select
            label="Compare with"
            any="Compare with nothing"
            value={against ?? ""}
            onChange={setAgainst}
            options={[
              { value: BEFORE, name: "Against the one before" },
              { value: GIVEN, name: "Against the code as given" },
            ]}
          />
        </div>
        <div className={styles.code}>
          <Code label={`Attempt ${shown.step}`} value={shown.proposed_fix} original={original} />
        </div>
      </section>
      <section aria-label="What happened">
        <div className={styles.paneBar}>
          <h2>Log</h2>
          <span className={styles.spring} />
          <AttemptOutcome verdict={shown.verdict} />
        </div>
        <VerdictLog verdict={shown.verdict} />
      </section>
    </div>
  );
}
