-- Commits one step where its agent, the events and the statistics are in other slots than its episode: the step and, in
-- an outbox beside it, what they are to have of it; all of that or nothing. Runs after take_step.lua, which it is joined to.
--
-- KEYS  1 episode  2 attempts  3 answers  4 outbox
-- ARGV  1-5 as in commit_step.lua  6 agent id
-- Returns {result, answer or ''}, after a commit also the id of what was posted, '' if it was before, and how many
-- entries the outbox has.
local step = cjson.decode(ARGV[1])
local result, answer = take(KEYS[1], KEYS[2], KEYS[3], step, ARGV[2], ARGV[3], ARGV[4])
if result ~= 'taken' and result ~= 'again' then return {result, answer} end
local posted = ''
if result == 'taken' then
  posted = redis.call('XADD', KEYS[4], '*', 'kind', 'step', 'agent', ARGV[6], 'step', ARGV[1], 'source', ARGV[4],
    'event', ARGV[5])
end
return {'committed', '', posted, redis.call('XLEN', KEYS[4])}
