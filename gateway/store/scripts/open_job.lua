-- Opens a job whose items have been put aside, unless there is one of its id. Of its owner's jobs only so many are
-- kept: the oldest that are over give way.
--
-- KEYS  1 record  2 items  3 items put aside  4 jobs of the owner  5 open jobs
-- ARGV  1 job id  2 fingerprint  3 ttl s  4 jobs kept of an owner  5 now ms
--       6-9 prefixes of the keys of a job: record, items, lines, leases  10... fields and values of the record
-- Returns 'opened'; 'there', the same was opened before; 'taken', another has the id; 'full', too many are not over;
-- 'lost', nothing was put aside.
local stands = redis.call('HGET', KEYS[1], 'fingerprint')
if stands then
  redis.call('DEL', KEYS[3])
  return stands == ARGV[2] and 'there' or 'taken'
end
if redis.call('EXISTS', KEYS[3]) == 0 then return 'lost' end

local kept, over = 0, {}
for _, job in ipairs(redis.call('ZRANGE', KEYS[4], 0, -1)) do
  local state = redis.call('HGET', ARGV[6] .. job, 'state')
  if not state then
    redis.call('ZREM', KEYS[4], job)
  else
    kept = kept + 1
    if state ~= 'running' then over[#over + 1] = job end
  end
end
local surplus = kept - tonumber(ARGV[4]) + 1
if surplus > #over then
  redis.call('DEL', KEYS[3])
  return 'full'
end
for number = 1, surplus do
  local job = over[number]
  redis.call('DEL', ARGV[6] .. job, ARGV[7] .. job, ARGV[8] .. job, ARGV[9] .. job)
  redis.call('ZREM', KEYS[4], job)
end

redis.call('RENAME', KEYS[3], KEYS[2])
redis.call('HSET', KEYS[1], 'fingerprint', ARGV[2], unpack(ARGV, 10))
redis.call('ZADD', KEYS[4], ARGV[5], ARGV[1])
redis.call('ZADD', KEYS[5], ARGV[5], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[3])
redis.call('EXPIRE', KEYS[4], ARGV[3])
return 'opened'
