-- A task that somebody has sent, which is used and so kept for longer.
--
-- KEYS  1 record  2 order  3 about, as in keep_task.lua
-- ARGV  1 reference  2 now ms  3 time to keep it ms
-- Returns the record, or nothing.
local record, until_ms = redis.call('GET', KEYS[1]), tonumber(ARGV[2]) + tonumber(ARGV[3])
local score = record and redis.call('ZSCORE', KEYS[2], ARGV[1])
if score and tonumber(score) < until_ms then
  redis.call('ZADD', KEYS[2], until_ms, ARGV[1])
  redis.call('PEXPIREAT', KEYS[1], until_ms)
  for place = 2, 3 do
    if redis.call('PTTL', KEYS[place]) < tonumber(ARGV[3]) then redis.call('PEXPIREAT', KEYS[place], until_ms) end
  end
end
return record
