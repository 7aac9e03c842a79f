-- Runs after curriculum.lua, which it is joined to. Notes which task was chosen. In a group the first choice stands, for all of it.
--
-- KEYS  1 curriculum  2 group, or the curriculum again if there is none
-- ARGV  1 '1': there is a group  2 task  3 number of the choice, '' if it is not to be noted  4 group's ttl s
--       5 agent ttl s  6 tasks that an agent is known by
-- Returns the task that stands.
if ARGV[1] == '1' then
  local chosen = redis.call('GET', KEYS[2])
  if chosen then return chosen end
  redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[4])
end
if ARGV[3] ~= '' then
  redis.call('HSET', KEYS[1], 'drawn:' .. ARGV[2], ARGV[3])
  forget(KEYS[1], tonumber(ARGV[6]))
  redis.call('EXPIRE', KEYS[1], ARGV[5])
end
return ARGV[2]
