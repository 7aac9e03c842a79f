/** Short names for the wire types, which are generated. */

import type { components } from "./schema";

type Schemas = components["schemas"];

export type Episode = Schemas["Episode"];
export type Attempt = Schemas["AttemptSummary"];
export type Verdict = Schemas["Verdict"];
export type VisibleTest = Schemas["VisibleTest"];
export type RewardComponents = Schemas["RewardComponents"];
export type Complexity = Schemas["Complexity"];
export type StepResponse = Schemas["StepResponse"];
export type TaskSummary = Schemas["TaskSummary"];
export type TaskDetail = Schemas["TaskDetail"];
export type FixResponse = Schemas["FixResponse"];
export type RunRawResponse = Schemas["RunRawResponse"];
export type OutputText = Schemas["OutputText"];
export type Ready = Schemas["Ready"];
export type Isolation = Schemas["Isolation"];
export type Stats = Schemas["Stats"];
export type RewardStats = Schemas["RewardStats"];
export type CurriculumState = Schemas["CurriculumState"];
export type Memory = Schemas["Memory"];
export type EpisodeSummary = Schemas["EpisodeSummary"];
export type AgentSummary = Schemas["AgentSummary"];
export type History = Schemas["History"];
export type HistoryBucket = Schemas["HistoryBucket"];
export type ResetRequest = Schemas["ResetRequest"];
export type StepRequest = Schemas["StepRequest"];
export type FixRequest = Schemas["FixRequest"];
