-- Statistics: counters in one hash.

-- The method's name; 'other' for a new one when there are enough, since whoever sends steps chooses them.
local function counted_method(key, method, kept)
  if redis.call('HEXISTS', key, 'method/' .. method .. '/steps') == 1 then return method end
  if tonumber(redis.call('HGET', key, 'methods') or 0) >= kept then return 'other' end
  redis.call('HINCRBY', key, 'methods', 1)
  return method
end

-- counts: counter -> what to add; '*' stands for the method.
local function count(key, counts, method, kept, now_ms)
  method = counted_method(key, method, kept)
  for name, amount in pairs(counts) do
    local kind, counter = string.match(name, '^(method/)%*(/.*)$')
    if kind then name = kind .. method .. counter end
    redis.call('HINCRBY', key, name, amount)
  end
  redis.call('HSETNX', key, 'since_ms', now_ms)
end
