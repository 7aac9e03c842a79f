-- Forgets a task that its owner has sent.
--
-- KEYS  1 record  2 order  3 about, as in keep_task.lua
-- ARGV  1 reference
-- Returns 1 if there was one.
local size = redis.call('HGET', KEYS[3], 'size:' .. ARGV[1])
if size then redis.call('HINCRBY', KEYS[3], 'bytes', -tonumber(size)) end
redis.call('HDEL', KEYS[3], 'size:' .. ARGV[1], 'about:' .. ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
return redis.call('DEL', KEYS[1])
