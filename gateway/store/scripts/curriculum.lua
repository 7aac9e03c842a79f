-- The curriculum: a level with the window of the last final rewards at it, and what is known of each task.

local MOVES_KEPT = 50

-- The level: see gateway/agents/curriculum.py. Returns by how many levels it moved: 1, 0 or -1.
-- step: level, reward, now_ms, agent_ttl_s, curriculum_window, _up_above, _down_below, levels (ascending).
local function climb(key, step)
  local at = 1
  local curriculum = redis.call('HMGET', key, 'level', 'window', 'moves')
  for place, level in ipairs(step.levels) do
    if level == curriculum[1] then at = place end
  end
  if step.levels[at] ~= step.level then return 0 end -- only episodes of the level that the agent is at count
  local window, sum = {}, 0
  for reward in string.gmatch(curriculum[2] or '', '%S+') do window[#window + 1] = reward end
  window[#window + 1] = step.reward
  while #window > step.curriculum_window do table.remove(window, 1) end
  for _, reward in ipairs(window) do sum = sum + tonumber(reward) end
  local mean, moved = sum / #window, at
  if #window == step.curriculum_window then
    if mean > step.curriculum_up_above and at < #step.levels then moved = at + 1 end
    if mean < step.curriculum_down_below and at > 1 then moved = at - 1 end
  end
  if moved ~= at then
    window = {}
    local moves = {}
    for move in string.gmatch(curriculum[3] or '', '%S+') do moves[#moves + 1] = move end
    moves[#moves + 1] = string.format('%.0f/%s/%s/%.6f', step.now_ms, step.levels[at], step.levels[moved], mean)
    while #moves > MOVES_KEPT do table.remove(moves, 1) end
    redis.call('HSET', key, 'moves', table.concat(moves, ' '))
  end
  redis.call('HSET', key, 'level', step.levels[moved], 'window', table.concat(window, ' '))
  return moved - at
end

-- Forgets the quarter of the tasks that were chosen longest ago, once there are more than so many; those played by name
-- alone go first.
local function forget(key, kept)
  if redis.call('HLEN', key) <= 2 * kept + 16 then return end
  local fields, chosen = redis.call('HGETALL', key), {}
  for place = 1, #fields, 2 do
    local kind, task = string.match(fields[place], '^(%a+):(.*)$')
    if kind == 'task' then chosen[task] = chosen[task] or 0 end
    if kind == 'drawn' then chosen[task] = tonumber(fields[place + 1]) end
  end
  local order = {}
  for task in pairs(chosen) do order[#order + 1] = task end
  if #order <= kept then return end
  table.sort(order, function(one, other)
    if chosen[one] ~= chosen[other] then return chosen[one] < chosen[other] end
    return one < other
  end)
  for place = 1, #order - kept + math.floor(kept / 4) do
    redis.call('HDEL', key, 'task:' .. order[place], 'drawn:' .. order[place])
  end
end

-- What is known of the task: episodes, weights of solved and unsolved ones, and two means of final rewards, a fast and a
-- slow one. Weights and means forget, since the agent changes.
-- step: task_id, reward, solved, agent_ttl_s, curriculum_forgetting, curriculum_fast, curriculum_slow,
-- curriculum_tasks.
local function learn(key, step)
  local known = redis.call('HGET', key, 'task:' .. step.task_id) or '0 0 0 0 0'
  local episodes, solved, unsolved, fast, slow = string.match(known, '(%S+) (%S+) (%S+) (%S+) (%S+)')
  local reward, kept = tonumber(step.reward), 1 - step.curriculum_forgetting
  solved, unsolved = tonumber(solved) * kept, tonumber(unsolved) * kept
  if step.solved then solved = solved + 1 else unsolved = unsolved + 1 end
  if episodes == '0' then fast, slow = reward, reward end
  fast = tonumber(fast) + step.curriculum_fast * (reward - tonumber(fast))
  slow = tonumber(slow) + step.curriculum_slow * (reward - tonumber(slow))
  redis.call('HSET', key, 'task:' .. step.task_id,
    string.format('%d %.9g %.9g %.9g %.9g', episodes + 1, solved, unsolved, fast, slow))
  forget(key, step.curriculum_tasks)
  redis.call('HINCRBY', key, 'episodes', 1)
  redis.call('HINCRBY', key, 'rewards', math.floor(reward * 1000000 + 0.5))
  redis.call('EXPIRE', key, step.agent_ttl_s)
end
