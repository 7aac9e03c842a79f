-- Ends a job that is not over; what is done stays.
--
-- KEYS  1 record  2 items  3 lines  4 leases  5 open jobs
-- ARGV  1 job id  2 ttl s  3 now ms
-- Returns the fields and values of the record that is there afterwards.
if redis.call('HGET', KEYS[1], 'state') == 'running' then
  redis.call('HSET', KEYS[1], 'state', 'cancelled', 'finished_ms', ARGV[3])
  redis.call('XADD', KEYS[3], (redis.call('HGET', KEYS[1], 'done') + 1) .. '-0', 'kind', 'end', 'data', '')
  redis.call('EXPIRE', KEYS[3], ARGV[2])
  redis.call('ZREM', KEYS[5], ARGV[1])
  redis.call('DEL', KEYS[2], KEYS[4])
end
return redis.call('HGETALL', KEYS[1])
