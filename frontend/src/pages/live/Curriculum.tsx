import { useQuery } from "@tanstack/react-query";
import { agentsQuery, curriculumQuery } from "@/api/queries";
import { asProblem } from "@/api/problem";
import { CurriculumFacts } from "@/components/agent/CurriculumFacts";
import { Select } from "@/components/ui/Field";
import { Loading, ProblemNote } from "@/components/ui/states";
import styles from "./Live.module.css";

const LISTED = 50;
const REFRESH_MS = 5_000;

interface CurriculumProps {
  agentId: string | undefined;
  onAgent: (agentId: string | undefined) => void;
}

/** Where an agent stands: the one chosen, else that which was active last. */
export function Curriculum({ agentId, onAgent }: CurriculumProps) {
  const agents = useQuery({ ...agentsQuery({ limit: LISTED }), refetchInterval: REFRESH_MS });
  const listed = agents.data?.agents ?? [];
  const shown = agentId ?? listed[0]?.agent_id;
  const state = useQuery({
    ...curriculumQuery(shown ?? ""),
    enabled: shown !== undefined,
    refetchInterval: REFRESH_MS,
  });
  return (
    <section aria-labelledby="live-curriculum">
      <div className={styles.chartBar}>
        <h2 id="live-curriculum">Curriculum</h2>
        {listed.length > 0 && (
          <Select
            label="Agent"
            any="Last active agent"
            value={agentId ?? ""}
            options={listed.map(each => ({ value: each.agent_id }))}
            onChange={onAgent}
          />
        )}
      </div>
      {state.data ? (
        <CurriculumFacts state={state.data} moves={3} />
      ) : state.error ? (
        <ProblemNote problem={asProblem(state.error)} onRetry={() => void state.refetch()} />
      ) : shown === undefined && agents.isSuccess ? (
        <p className="muted">No agent has played yet.</p>
      ) : (
        <Loading what="curriculum" />
      )}
    </section>
  );
}
