-- Leases the next chunk of a job: one whose lease has run out, since who held it may be gone, else one never leased.
-- Times are Redis' own, so that gateways need not agree on theirs.
--
-- KEYS  1 record  2 items  3 leases  4 open jobs
-- ARGV  1 job id  2 lease ms  3 ttl s
-- Returns nothing if there is none to lease, else the index of its first item, how often it was lost by who held it,
-- the caller (JSON), and its items, false for those that have their answer.
local record = redis.call('HMGET', KEYS[1], 'state', 'items', 'cursor', 'chunk', 'caller')
if record[1] ~= 'running' then
  redis.call('ZREM', KEYS[4], ARGV[1])
  return {}
end
local items, cursor, chunk = tonumber(record[2]), tonumber(record[3]), tonumber(record[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

while true do
  local lost = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'WITHSCORES', 'LIMIT', 0, 1)
  local first = tonumber(lost[1] or cursor)
  if not lost[1] then
    if cursor >= items then return {} end
    cursor = math.min(cursor + chunk, items)
    redis.call('HSET', KEYS[1], 'cursor', cursor)
  elseif tonumber(lost[2]) > 0 then  -- 0: given back
    redis.call('HINCRBY', KEYS[1], 'losses:' .. first, 1)
  end
  local wanted = {}
  for index = first, math.min(first + chunk, items) - 1 do wanted[#wanted + 1] = index end
  local found = redis.call('HMGET', KEYS[2], unpack(wanted))
  for _, item in ipairs(found) do
    if item then
      redis.call('ZADD', KEYS[3], now + ARGV[2], first)
      redis.call('EXPIRE', KEYS[3], ARGV[3])
      return {first, tonumber(redis.call('HGET', KEYS[1], 'losses:' .. first) or 0), record[5], unpack(found)}
    end
  end
  redis.call('ZREM', KEYS[3], first)
end
