-- Creates an episode, in place of one of the same id, and, unless it is private, makes it the agent's last.
-- A retried reset (same id, same request id) changes nothing and gets the episode as it stands.
--
-- KEYS  1 episode  2 attempts  3 answers  4 events  5 last
-- ARGV  1 episode id  2 request id or ''  3 episode ttl s  4 events kept  5 event  6 private: 0 or 1
--       7... fields and values of the episode
-- Returns the fields and values of the episode that is there afterwards.
local retried = ARGV[2] ~= '' and redis.call('HGET', KEYS[1], 'request_id') == ARGV[2]
if not retried then
  redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
  redis.call('HSET', KEYS[1], unpack(ARGV, 7))
  redis.call('EXPIRE', KEYS[1], ARGV[3])
  redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[4], '*', 'kind', 'reset', 'data', ARGV[5])
end
if ARGV[6] ~= '1' then redis.call('SET', KEYS[5], ARGV[1], 'EX', ARGV[3]) end
return redis.call('HGETALL', KEYS[1])
