import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { RewardMeter } from "@/components/reward/Reward";
import { Words } from "@/components/terminal/TerminalText";
import { Ago } from "@/components/ui/Ago";
import { LevelName } from "@/components/ui/LevelName";
import { OutcomeName } from "@/components/ui/OutcomeName";
import { Table, type Column } from "@/components/ui/Table";
import type { LiveEvent } from "@/events/log";
import { useEvents } from "@/events/use-events";
import { lastEpisodes } from "./events";

const SHOWN = 12;

/** The episodes that anything happened in last. */
export function RecentEpisodes() {
  const { events } = useEvents();
  const last = useMemo(() => lastEpisodes(events, SHOWN), [events]);
  return (
    <section aria-labelledby="live-episodes">
      <h2 id="live-episodes">Last episodes</h2>
      {last.length === 0 ? (
        <p className="muted">None yet. They appear here as they happen.</p>
      ) : (
        <Table
          label="Last episodes"
          columns={COLUMNS}
          rows={last}
          rowKey={event => event.data.episode_id}
          link={opened}
        />
      )}
    </section>
  );
}

/** An episode of another owner is seen by an admin, and opens for its owner alone. */
function opened({ data }: LiveEvent) {
  if (data.episode_id.includes("/")) return null;
  return <Link to="/episodes/$episodeId" params={{ episodeId: data.episode_id }} />;
}

const COLUMNS: readonly Column<LiveEvent>[] = [
  { name: "Task", cell: ({ data }) => <Words text={data.task_id} limit={60} /> },
  { name: "Agent", cell: ({ data }) => <Words text={data.agent_id} limit={40} />, wide: true },
  { name: "Level", cell: ({ data }) => <LevelName level={data.level} />, wide: true },
  {
    name: "Outcome",
    cell: ({ data }) => <OutcomeName outcome={data.outcome ?? (data.solved ? "solved" : "")} />,
  },
  {
    name: "Step",
    cell: ({ data }) => (data.max_steps ? `${data.step ?? 0} of ${data.max_steps}` : String(data.step ?? 0)),
    numeric: true,
    wide: true,
  },
  { name: "Reward", cell: ({ data }) => <RewardMeter value={data.reward} />, numeric: true },
  { name: "When", cell: ({ data }) => <Ago timeMs={data.time_ms} />, numeric: true },
];
