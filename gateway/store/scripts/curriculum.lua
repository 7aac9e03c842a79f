-- The curriculum: a level and the window of the last final rewards at it.

-- step: level, reward, and the settings curriculum_window, _up_above, _down_below, levels (ascending), agent_ttl_s.
local function climb(key, step)
  local at = 1
  local curriculum = redis.call('HMGET', key, 'level', 'window')
  for place, level in ipairs(step.levels) do
    if level == curriculum[1] then at = place end
  end
  if step.levels[at] ~= step.level then return end -- only episodes of the level that the agent is at count
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
  if moved ~= at then window = {} end
  redis.call('HSET', key, 'level', step.levels[moved], 'window', table.concat(window, ' '))
  redis.call('EXPIRE', key, step.agent_ttl_s)
end
