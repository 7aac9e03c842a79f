-- Notes how an episode of a group ended: groups whose rewards are all alike teach nothing, which is worth counting.
--
-- KEYS  1 group's rewards
-- ARGV  1 reward  2 ttl s
-- Returns {1 if it is the second of its group, 1 if it is the first that differs}.
local first = redis.call('HGET', KEYS[1], 'first')
if not first then
  redis.call('HSET', KEYS[1], 'first', ARGV[1])
  redis.call('EXPIRE', KEYS[1], ARGV[2])
  return {0, 0}
end
local others = redis.call('HINCRBY', KEYS[1], 'others', 1)
local differs = first ~= ARGV[1] and redis.call('HSETNX', KEYS[1], 'differs', 1) or 0
return {others == 1 and 1 or 0, differs}
