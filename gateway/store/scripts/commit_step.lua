-- Commits one step where all keys are in one slot: everything of it, or nothing. Runs after the scripts it is joined to,
-- whose functions it calls.
--
-- KEYS  1 episode  2 attempts  3 answers  4 basis  5 events  6 stats  7 curriculum  8 last  9 best attempts
--       10 their sources  11 failures  12 their order
-- ARGV  1 JSON: the fields of StepCommit and the settings, named as in commit.py
--       2 answer  3 stored attempt  4 source  5 event
-- Returns {result, answer or ''}, after a commit also 1 or 0: the basis is there, and by how many levels the agent
-- moved; the results are CommitResult in records.py.
local step = cjson.decode(ARGV[1])
local result, answer = take(KEYS[1], KEYS[2], KEYS[3], step, ARGV[2], ARGV[3], ARGV[4])
if result == 'again' then return {'committed', '', redis.call('EXISTS', KEYS[4]), 0} end
if result ~= 'taken' then return {result, answer} end
-- As long as the attempt, and longer than any that was graded by it before.
local there = redis.call('EXPIRE', KEYS[4], step.episode_ttl_s)
redis.call('XADD', KEYS[5], 'MAXLEN', '~', step.events_kept, '*', 'kind', 'step', 'data', ARGV[5])
count(KEYS[6], step.counts, step.words, step.words_kept, step.now_ms)
local moved = teach({KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11], KEYS[12]}, step, ARGV[4])
return {'committed', '', there, moved}
