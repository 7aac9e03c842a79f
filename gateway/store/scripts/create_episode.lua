-- Creates an episode where all keys are in one slot, and, unless it is private, makes it the agent's last. Runs after
-- make_episode.lua, which it is joined to.
--
-- KEYS  1 episode  2 attempts  3 answers  4 events  5 last
-- ARGV  1 episode id  2 request id or ''  3 episode ttl s  4 event  5 events kept  6 private: 0 or 1
--       7... fields and values of the episode
-- Returns the fields and values of the episode that is there afterwards.
if make(KEYS[1], KEYS[2], KEYS[3], ARGV[2], ARGV[3], 7) then
  redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[5], '*', 'kind', 'reset', 'data', ARGV[4])
end
if ARGV[6] ~= '1' then redis.call('SET', KEYS[5], ARGV[1], 'EX', ARGV[3]) end
return redis.call('HGETALL', KEYS[1])
