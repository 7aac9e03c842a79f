-- Keeps a task that somebody has sent, for every gateway; one that is there already is kept for longer.
--
-- KEYS  1 record  2 order: references by when each is forgotten, in ms  3 about: what is told of each, its size, their sum
-- ARGV  1 reference  2 record  3 about it (JSON)  4 now ms  5 time to keep it ms  6 tasks kept  7 bytes kept
--       8 prefix of the records' keys  9 time by which those that are in use are kept, ms
-- Returns 'kept', or 'full': all that are there are in use. The one not used for longest gives way, unless it is.
local now, until_ms, size = tonumber(ARGV[4]), tonumber(ARGV[4]) + tonumber(ARGV[5]), #ARGV[2]

local function drop(reference)
  redis.call('ZREM', KEYS[2], reference)
  redis.call('DEL', ARGV[8] .. reference)
  local dropped = redis.call('HGET', KEYS[3], 'size:' .. reference)
  if dropped then redis.call('HINCRBY', KEYS[3], 'bytes', -tonumber(dropped)) end
  redis.call('HDEL', KEYS[3], 'size:' .. reference, 'about:' .. reference)
end

for _, reference in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now)) do drop(reference) end
if redis.call('EXISTS', KEYS[1]) == 0 then
  drop(ARGV[1])
  while redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[6])
    or tonumber(redis.call('HGET', KEYS[3], 'bytes') or 0) + size > tonumber(ARGV[7]) do
    local oldest = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
    if not oldest[1] or tonumber(oldest[2]) > now + tonumber(ARGV[9]) then return 'full' end
    drop(oldest[1])
  end
  redis.call('SET', KEYS[1], ARGV[2])
  redis.call('HSET', KEYS[3], 'size:' .. ARGV[1], size, 'about:' .. ARGV[1], ARGV[3])
  redis.call('HINCRBY', KEYS[3], 'bytes', size)
end
local score = redis.call('ZSCORE', KEYS[2], ARGV[1])
if not score or tonumber(score) < until_ms then
  redis.call('ZADD', KEYS[2], until_ms, ARGV[1])
  redis.call('PEXPIREAT', KEYS[1], until_ms)
end
for place = 2, 3 do
  if redis.call('PTTL', KEYS[place]) < until_ms - now then redis.call('PEXPIREAT', KEYS[place], until_ms) end
end
return 'kept'
