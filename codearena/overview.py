"""What the gateway tells whoever watches: episodes, agents, attempts over time. Public through `codearena.models`."""

from codearena.sdk.requests import Lenient


class EpisodeSummary(Lenient):
    """An episode as it is listed. The times are since the epoch: of its last step, or of the reset; and of the reset.

    reward, solved, identical, outcome, method: of the last step; before the first one null, false or empty. outcome: as
    in /stats; category, outcome: empty where they are not known.
    """

    episode_id: str
    agent_id: str
    task_id: str
    category: str
    level: str
    partition: str
    time_ms: int
    created_ms: int
    step: int
    max_steps: int
    done: bool
    solved: bool = False
    reward: float | None = None
    best_reward: float | None = None
    outcome: str = ""
    method: str = ""
    identical: bool = False


class EpisodePage(Lenient):
    """Episodes, those in which something happened last first. next: what `before` is for the next page; null: no more.

    A page looks at a bounded number of events, so it may hold few episodes, or none, and yet not be the last.
    """

    episodes: list[EpisodeSummary]
    next: str | None


class LevelRewards(Lenient):
    """Attempts at tasks of one level."""

    attempts: int
    mean_reward: float


class HistoryBucket(Lenient):
    """What happened from start_ms (since the epoch) on, for `bucket_s`.

    attempts: graded, for whoever asked; mean_reward: of them; null: none. steps: of them, those of episodes. episodes,
    solved, mean_final_reward: of those that ended. components: means; null: none was scored. outcomes, complexity,
    judges: attempts by these, as in /stats; methods: steps by what they said made their fix; fixes: answers of /fix by
    method. groups: those of which there came to be two rewards; varied_groups: those of which two came to differ.
    """

    start_ms: int
    attempts: int
    steps: int
    episodes: int
    solved: int
    mean_reward: float | None
    mean_final_reward: float | None
    by_level: dict[str, LevelRewards]
    components: dict[str, float | None]
    outcomes: dict[str, int]
    complexity: dict[str, int]
    judges: dict[str, int]
    methods: dict[str, int]
    fixes: dict[str, int]
    groups: int
    varied_groups: int


class History(Lenient):
    """What attempts came to over time. now_ms: by the gateway's clock; buckets: those in which anything happened."""

    window: str
    bucket_s: int
    now_ms: int
    buckets: list[HistoryBucket]


class AgentSummary(Lenient):
    """An agent that has taken a step. last_ms: when it took the last one, since the epoch; level: it stands at.

    partition: "eval" if all its steps were of episodes in evaluation, else "train". episodes: finished; solved: of
    them.
    """

    agent_id: str
    last_ms: int
    partition: str
    level: str
    steps: int
    mean_reward: float | None
    episodes: int
    solved: int
    mean_final_reward: float | None


class Labelled(Lenient):
    """A word that tasks have in common, and how many have it."""

    value: str
    tasks: int


class TaskLabels(Lenient):
    """The words by which /tasks is filtered, those of most tasks first; of each kind the 200 most frequent."""

    categories: list[Labelled]
    levels: list[Labelled]
    splits: list[Labelled]
    sources: list[Labelled]
    tags: list[Labelled]
