-- The step of an episode: its record, its attempts and the answers to request ids, which are always in one slot.

-- Takes the step if the episode still stands where it was read, and touches nothing else.
-- step: as in commit_step.lua. Returns a result and the answer that belongs to it or '': 'taken'; 'again' if this very
-- commit has been taken before; else a result of CommitResult in records.py, and nothing has changed.
local function take(record, attempts, answers, step, answer, attempt, source)
  local episode = redis.call('HMGET', record, 'nonce', 'step', 'done', 'attempt_id', 'best_reward')
  if not episode[1] then return 'gone', '' end
  if episode[1] ~= step.nonce then return 'conflict', '' end
  if step.request_id ~= '' then
    local answered = redis.call('HGET', answers, step.request_id)
    if answered then return 'answered', answered end
  end
  -- The same commit again, because its answer was lost on the way back.
  if episode[4] == step.attempt_id then return 'again', '' end
  if episode[3] == '1' then return 'finished', '' end
  if tonumber(episode[2]) ~= step.step_before then return 'conflict', '' end

  local number = step.step_before + 1
  local best = step.reward
  if episode[5] and tonumber(episode[5]) > tonumber(best) then best = episode[5] end
  redis.call('HSET', record, 'step', number, 'done', step.done and 1 or 0, 'attempt_id', step.attempt_id,
    'reward', step.reward, 'best_reward', best, 'source:' .. number, source, 'identity:' .. number, step.identity)
  redis.call('RPUSH', attempts, attempt)
  if step.request_id ~= '' then redis.call('HSET', answers, step.request_id, answer) end
  for _, key in ipairs({record, attempts, answers}) do redis.call('EXPIRE', key, step.episode_ttl_s) end
  return 'taken', ''
end
