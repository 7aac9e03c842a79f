-- Commits one step: everything of it, or nothing. Runs after the scripts it is joined to, whose functions it calls.
--
-- KEYS  1 episode  2 attempts  3 answers  4 curriculum  5 events  6 last  7 stats
--       8 best attempts  9 their sources  10 failures  11 their order  12 basis
-- ARGV  1 JSON: the fields of StepCommit and the settings, named as in commit.py
--       2 answer  3 stored attempt  4 source  5 event
-- Returns {result, answer or ''}, after a commit also 1 or 0: the basis is there, and by how many levels the agent
-- moved; the results are CommitResult in records.py.
local step = cjson.decode(ARGV[1])
local episode = redis.call('HMGET', KEYS[1], 'nonce', 'step', 'done', 'attempt_id', 'best_reward')
if not episode[1] then return {'gone', ''} end
if episode[1] ~= step.nonce then return {'conflict', ''} end
if step.request_id ~= '' then
  local answer = redis.call('HGET', KEYS[3], step.request_id)
  if answer then return {'answered', answer} end
end
-- The same commit again, because its answer was lost on the way back.
if episode[4] == step.attempt_id then return {'committed', '', redis.call('EXISTS', KEYS[12]), 0} end
if episode[3] == '1' then return {'finished', ''} end
if tonumber(episode[2]) ~= step.step_before then return {'conflict', ''} end

local number = step.step_before + 1
local best = step.reward
if episode[5] and tonumber(episode[5]) > tonumber(best) then best = episode[5] end
redis.call('HSET', KEYS[1], 'step', number, 'done', step.done and 1 or 0, 'attempt_id', step.attempt_id,
  'reward', step.reward, 'best_reward', best, 'source:' .. number, ARGV[4], 'identity:' .. number, step.identity)
redis.call('RPUSH', KEYS[2], ARGV[3])
if step.request_id ~= '' then redis.call('HSET', KEYS[3], step.request_id, ARGV[2]) end
redis.call('XADD', KEYS[5], 'MAXLEN', '~', step.events_kept, '*', 'kind', 'step', 'data', ARGV[5])
for _, key in ipairs({KEYS[1], KEYS[2], KEYS[3], KEYS[6]}) do redis.call('EXPIRE', key, step.episode_ttl_s) end
count(KEYS[7], step.counts, step.words, step.words_kept, step.now_ms)
-- As long as the attempt, and longer than any that was graded by them before.
local there = redis.call('EXPIRE', KEYS[12], step.episode_ttl_s)
if not step.learns then return {'committed', '', there, 0} end

remember(KEYS[8], KEYS[9], step, ARGV[4])
if step.failure_id ~= '' then note_failure(KEYS[10], KEYS[11], step) end
local moved = 0
if step.done then
  moved = climb(KEYS[4], step)
  learn(KEYS[4], step)
end
return {'committed', '', there, moved}
