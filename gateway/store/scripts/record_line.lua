-- Records an item's answer, the first that comes, and ends the job with the last.
--
-- KEYS  1 record  2 items  3 lines  4 leases  5 open jobs
-- ARGV  1 job id  2 index  3 line (JSON)  4 whether it failed: 0 or 1  5 ttl s  6 now ms
if redis.call('HDEL', KEYS[2], ARGV[2]) == 0 then return 0 end
local done = redis.call('HINCRBY', KEYS[1], 'done', 1)
redis.call('HINCRBY', KEYS[1], 'failed', ARGV[4])
redis.call('XADD', KEYS[3], done .. '-0', 'kind', 'item', 'data', ARGV[3])
if done == tonumber(redis.call('HGET', KEYS[1], 'items')) then
  redis.call('HSET', KEYS[1], 'state', 'done', 'finished_ms', ARGV[6])
  redis.call('XADD', KEYS[3], (done + 1) .. '-0', 'kind', 'end', 'data', '')
  redis.call('ZREM', KEYS[5], ARGV[1])
  redis.call('DEL', KEYS[4])
end
for _, key in ipairs({KEYS[1], KEYS[2], KEYS[3]}) do redis.call('EXPIRE', key, ARGV[5]) end
return 1
