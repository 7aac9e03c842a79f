-- Reads the agent's last episode, in one round trip although its id is not known before.
--
-- KEYS  1 last
-- ARGV  1 prefix of episode keys  2 prefix of answer keys  3 request id or ''
-- Returns {episode id or '', fields and values, answer or ''}. The keys made here have the hash tag of KEYS[1].
local id = redis.call('GET', KEYS[1])
if not id then return {'', {}, ''} end
local answer = ARGV[3] ~= '' and redis.call('HGET', ARGV[2] .. id, ARGV[3])
return {id, redis.call('HGETALL', ARGV[1] .. id), answer or ''}
