-- Gives an agent what it is to have of steps. Runs after the scripts it is joined to, whose functions it calls.
--
-- KEYS  1-6 as teach in teach.lua has them  7 what was delivered
-- ARGV  1 outbox  2 agent ttl s  3... of each entry, in the outbox' order: id, step (JSON), source
-- Returns of each entry by how many levels the agent moved.
local moves = {}
for place = 3, #ARGV, 3 do
  local moved = 0
  if is_new(KEYS[7], ARGV[1], ARGV[place]) then moved = teach(KEYS, cjson.decode(ARGV[place + 1]), ARGV[place + 2]) end
  moves[#moves + 1] = moved
end
redis.call('EXPIRE', KEYS[7], ARGV[2])
return moves
