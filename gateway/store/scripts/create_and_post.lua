-- Creates an episode where its agent and the events are in other slots, and posts the event. Runs after
-- make_episode.lua, which it is joined to.
--
-- KEYS  1 episode  2 attempts  3 answers  4 outbox
-- ARGV  1 episode id  2 request id or ''  3 episode ttl s  4 event  5... fields and values of the episode
-- Returns the id of what was posted or '', how many entries the outbox has, and the fields and values of the episode
-- that is there afterwards.
local posted = ''
if make(KEYS[1], KEYS[2], KEYS[3], ARGV[2], ARGV[3], 5) then
  posted = redis.call('XADD', KEYS[4], '*', 'kind', 'reset', 'agent', '', 'step', '', 'source', '', 'event', ARGV[4])
end
return {posted, redis.call('XLEN', KEYS[4]), redis.call('HGETALL', KEYS[1])}
