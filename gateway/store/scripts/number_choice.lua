-- What the choice of a task depends on, and a number for it that nobody else gets.
--
-- KEYS  1 curriculum  2 group, or the curriculum again if there is none
-- ARGV  1 '1': there is a group  2 '1': a number is wanted  3 agent ttl s
-- Returns {task of the group or '', number, fields and values of the curriculum}: all if a number is wanted, else the
-- level alone, since what is known of tasks is read for a choice by it.
local chosen = ARGV[1] == '1' and redis.call('GET', KEYS[2])
if chosen then return {chosen, 0, {}} end
local known, number = {}, 0
if ARGV[2] == '1' then
  known = redis.call('HGETALL', KEYS[1])
  number = redis.call('HINCRBY', KEYS[1], 'draws', 1)
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
if ARGV[2] ~= '1' then
  local level = redis.call('HGET', KEYS[1], 'level')
  if level then known = {'level', level} end
end
return {'', number, known}
