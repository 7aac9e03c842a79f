-- Statistics: counters in one hash.

local HOW_MANY = {method = 'methods', task = 'tasks', category = 'categories'}

-- The word; 'other' for a new one when there are enough, since whoever sends steps and tasks chooses them.
local function counted(key, kind, word, kept)
  if redis.call('HEXISTS', key, kind .. '/' .. word .. '/steps') == 1 then return word end
  if tonumber(redis.call('HGET', key, HOW_MANY[kind]) or 0) >= kept then return 'other' end
  redis.call('HINCRBY', key, HOW_MANY[kind], 1)
  return word
end

-- counts: counter -> what to add; '*' stands for the word of its kind. words, kept: by kind: of the step; how many.
local function count(key, counts, words, kept, now_ms)
  local told = {}
  for kind, word in pairs(words) do told[kind] = counted(key, kind, word, kept[kind]) end
  for name, amount in pairs(counts) do
    local kind, counter = string.match(name, '^(%a+)/%*(/.*)$')
    if kind and told[kind] then name = kind .. '/' .. told[kind] .. counter end
    redis.call('HINCRBY', key, name, amount)
  end
  redis.call('HSETNX', key, 'since_ms', now_ms)
end
