import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useState } from "react";
import { answered, client } from "@/api/client";
import { asProblem } from "@/api/problem";
import { Steps } from "@/components/episode/Steps";
import { LazyDialog } from "@/components/ui/LazyDialog";
import { Loading, Nothing, ProblemNote } from "@/components/ui/states";
import { Analysis } from "@/components/verdict/Analysis";
import { useShortcuts } from "@/shortcuts";
import { EditorPane } from "./EditorPane";
import { LogPane } from "./LogPane";
import styles from "./Play.module.css";
import { MOST_STEPS, useSession, type Session } from "./session";
import { TaskHeader } from "./TaskHeader";

const TaskPicker = lazy(async () => ({ default: (await import("./TaskPicker")).TaskPicker }));

const route = getRouteApi("/");

/** The first task there is, for who comes without one. */
const firstTask = {
  queryKey: ["tasks", "first"],
  queryFn: () => answered(client.GET("/tasks", { params: { query: { limit: 1 } } })),
  staleTime: Infinity,
};

export function PlayPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const first = useQuery({ ...firstTask, enabled: search.task === undefined });
  const task = search.task ?? first.data?.[0]?.id;
  const goTo = useCallback(
    (place: { task: string; episode: string }) =>
      void navigate({ search: place, replace: search.task === place.task }),
    [navigate, search.task],
  );
  const session = useSession({ task, episode: search.episode }, goTo);

  if (task === undefined) {
    if (first.error)
      return <ProblemNote problem={asProblem(first.error)} onRetry={() => void first.refetch()} />;
    return first.isPending ? <Loading what="task" /> : <Nothing title="This gateway serves no tasks" />;
  }
  if (session.taskProblem && !session.task) return <ProblemNote problem={session.taskProblem} />;
  return <Board session={session} />;
}

function Board({ session }: { session: Session }) {
  const [picking, setPicking] = useState(false);
  const [chosen, setChosen] = useState<{ episode: string; step: number } | null>(null);
  const { attempts, doing, episode } = session;
  const current =
    chosen?.episode === episode?.episode_id ? attempts.find(each => each.step === chosen?.step) : undefined;
  const shown = current ?? attempts.at(-1);

  const { step, askFixer, play, stop, over } = session;
  const most = episode?.max_steps ?? session.task?.max_steps ?? MOST_STEPS;
  const left = Math.max(0, most - attempts.length);
  const idle = doing === null && session.task !== undefined;
  useShortcuts("Play", [
    {
      keys: "$mod+Enter",
      meaning: "Run a step",
      run: () => {
        if (idle && !over) step();
      },
    },
    {
      keys: "f",
      meaning: "AI Fix",
      run: () => {
        if (idle) askFixer();
      },
    },
    {
      keys: "m",
      meaning: "Agent Mode, or stop it",
      run: () => {
        if (idle) play();
        else if (doing === "agent") stop();
      },
    },
    {
      keys: "/",
      meaning: "Choose a task",
      run: () => {
        setPicking(true);
      },
    },
  ]);

  return (
    <div className={styles.page}>
      <TaskHeader
        session={session}
        onPick={() => {
          setPicking(true);
        }}
      />
      <Steps
        attempts={attempts}
        left={over ? 0 : left}
        shown={shown?.step ?? null}
        onShow={next => {
          if (episode?.episode_id) setChosen({ episode: episode.episode_id, step: next });
        }}
        note={standing(session, left)}
      />
      <div className={styles.work}>
        <EditorPane session={session} shown={shown} />
        <LogPane session={session} shown={shown} />
      </div>
      {shown && <Analysis verdict={shown.verdict} />}
      <LazyDialog
        open={picking}
        onClose={() => {
          setPicking(false);
        }}
        title="Choose a task"
      >
        <Suspense fallback={<Loading what="tasks" />}>
          <TaskPicker
            onPick={choice => {
              setPicking(false);
              session.begin(choice);
            }}
          />
        </Suspense>
      </LazyDialog>
    </div>
  );
}

function standing({ attempts, over }: Session, left: number): string {
  if (attempts.length === 0) return "No step taken yet";
  if (over) return attempts.at(-1)?.verdict.solved ? "Solved" : "No steps left";
  return left === 1 ? "1 step left" : `${left} steps left`;
}
