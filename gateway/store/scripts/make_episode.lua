-- Makes an episode.

-- In place of one of the same id. A retried reset (same id, same request id) changes nothing. first: place in ARGV of
-- the episode's fields and values. Returns whether it was made.
local function make(record, attempts, answers, request_id, ttl_s, first)
  if request_id ~= '' and redis.call('HGET', record, 'request_id') == request_id then return false end
  redis.call('DEL', record, attempts, answers)
  redis.call('HSET', record, unpack(ARGV, first))
  redis.call('EXPIRE', record, ttl_s)
  return true
end
