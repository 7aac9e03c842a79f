-- Makes the lease of a chunk as long as a new one.
--
-- KEYS  1 record  2 leases
-- ARGV  1 index of the chunk's first item  2 lease ms
-- Returns 1; 0 if there is no such lease any more: the job is over, or another has finished the chunk.
if redis.call('HGET', KEYS[1], 'state') ~= 'running' or not redis.call('ZSCORE', KEYS[2], ARGV[1]) then return 0 end
local time = redis.call('TIME')
redis.call('ZADD', KEYS[2], 'XX', time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[2], ARGV[1])
return 1
