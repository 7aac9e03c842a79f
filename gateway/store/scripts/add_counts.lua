-- Adds counts to hashes, once, however often it is sent.
--
-- KEYS  1 note: number of what its sender has added last  2... the hashes
-- ARGV  1 number  2 ttl of the note s  3 fields that a hash may have: beyond it new methods are counted together
--       4 JSON: for each hash, in order, {counts: name -> what to add, ttl_s}
if tonumber(ARGV[1]) <= tonumber(redis.call('GET', KEYS[1]) or 0) then return end
for place, each in ipairs(cjson.decode(ARGV[4])) do
  local key = KEYS[place + 1]
  for name, amount in pairs(each.counts) do
    if string.sub(name, 1, 7) == 'method/' and redis.call('HEXISTS', key, name) == 0
      and redis.call('HLEN', key) >= tonumber(ARGV[3]) then
      name = 'method/other/count'
    end
    redis.call('HINCRBY', key, name, amount)
  end
  redis.call('EXPIRE', key, each.ttl_s)
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
