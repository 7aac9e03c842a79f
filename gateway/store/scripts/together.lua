-- Runs commands one after the other with nothing of anybody else in between: what MULTI and EXEC do, in one command, as
-- a client of Redis Cluster can send it.
--
-- KEYS  of each command its key
-- ARGV  of each command: how many words it has, and they
-- Returns what each command returned.
local replies, place = {}, 1
while place <= #ARGV do
  local words = tonumber(ARGV[place])
  replies[#replies + 1] = redis.call(unpack(ARGV, place + 1, place + words))
  place = place + words + 1
end
return replies
