import { queryOptions, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import { answered, client } from "@/api/client";
import { asProblem } from "@/api/problem";
import { queryClient, readyQuery } from "@/api/queries";
import type { History } from "@/api/types";
import { Segmented } from "@/components/ui/Segmented";
import { Loading, Nothing, ProblemNote } from "@/components/ui/states";
import { StreamState } from "@/components/ui/StreamState";
import { Curriculum } from "./Curriculum";
import { Distributions } from "./Distributions";
import { filled, merged, totals, WINDOW_MS, type Window } from "./history";
import styles from "./Live.module.css";
import { Pool } from "./Pool";
import { RecentEpisodes } from "./RecentEpisodes";
import { AttemptsChart, LastAttempts, RewardChart } from "./RewardCharts";
import { Summary } from "./Summary";

const route = getRouteApi("/live");

const REFRESH_MS: Record<Window, number> = { hour: 4_000, day: 30_000, week: 60_000 };

const historyQuery = (window: Window) => {
  const queryKey = ["history", window];
  return queryOptions({
    queryKey,
    queryFn: async ({ signal }): Promise<History> => {
      const before = queryClient.getQueryData<History>(queryKey);
      const since_ms = before?.buckets.at(-1)?.start_ms;
      const query = { window, ...(since_ms !== undefined && { since_ms }) };
      const next = await answered(client.GET("/history", { params: { query }, signal }));
      return merged(before, next, WINDOW_MS[window]);
    },
    refetchInterval: REFRESH_MS[window],
  });
};

export function LivePage() {
  const { window = "hour", agent } = route.useSearch();
  const navigate = route.useNavigate();
  const history = useQuery(historyQuery(window));
  const ready = useQuery(readyQuery);
  const all = useMemo(() => totals(history.data?.buckets ?? []), [history.data]);
  const series = useMemo(() => history.data && filled(history.data), [history.data]);
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>Live</h1>
        <StreamState />
        <span className={styles.spring} />
        <Segmented
          label="Window"
          value={window}
          onChange={next => void navigate({ search: before => ({ ...before, window: next }) })}
          options={[
            { value: "hour", name: "Hour" },
            { value: "day", name: "Day" },
            { value: "week", name: "Week" },
          ]}
        />
      </header>
      {history.error && !history.data && (
        <ProblemNote problem={asProblem(history.error)} onRetry={() => void history.refetch()} />
      )}
      {history.isPending && <Loading what="history" lines={6} />}
      {history.data && series && (
        <>
          <Summary totals={all} />
          <div className={styles.columns}>
            <div className={styles.main}>
              {series.times.length === 0 ? (
                <Nothing title={`Nothing was attempted within the last ${window}`}>
                  Charts appear with the first attempt, of an episode or of a batch, and move as more come.
                </Nothing>
              ) : (
                <>
                  <RewardChart series={series} />
                  <AttemptsChart series={series} bucketS={history.data.bucket_s} />
                </>
              )}
              <LastAttempts />
              <RecentEpisodes />
            </div>
            <div className={styles.side}>
              <Pool ready={ready.data} />
              <Curriculum
                agentId={agent}
                onAgent={next => void navigate({ search: before => ({ ...before, agent: next }) })}
              />
              <Distributions totals={all} />
            </div>
          </div>
        </>
      )}
    </div>
  );
}
