-- Memory: an agent's best attempt at each task, and its last failures.

-- Keeps the attempt if it is better than the one kept; of equals the earlier stays. One of another revision of the task
-- says nothing about this one, and gives way.
-- step: task_id, task_revision, reward, best (JSON), agent_ttl_s.
local function remember(key, sources, step, source)
  local kept = redis.call('HMGET', key, 'reward:' .. step.task_id, 'revision:' .. step.task_id)
  if kept[2] ~= step.task_revision or tonumber(step.reward) > tonumber(kept[1]) then
    redis.call('HSET', key, 'reward:' .. step.task_id, step.reward, 'revision:' .. step.task_id, step.task_revision,
      'best:' .. step.task_id, step.best)
    redis.call('HSET', sources, step.task_id, source)
  end
  redis.call('EXPIRE', key, step.agent_ttl_s)
  redis.call('EXPIRE', sources, step.agent_ttl_s)
end

-- Counts a failure by its signature; the one not seen for longest goes when there are too many.
-- step: failure_id, failure (JSON), failures_kept, now_ms, agent_ttl_s.
local function note_failure(key, order, step)
  redis.call('HINCRBY', key, 'count:' .. step.failure_id, 1)
  redis.call('HSET', key, 'last:' .. step.failure_id, step.failure)
  redis.call('ZADD', order, step.now_ms, step.failure_id)
  while redis.call('ZCARD', order) > step.failures_kept do
    local oldest = redis.call('ZPOPMIN', order)[1]
    redis.call('HDEL', key, 'count:' .. oldest, 'last:' .. oldest)
  end
  redis.call('EXPIRE', key, step.agent_ttl_s)
  redis.call('EXPIRE', order, step.agent_ttl_s)
end
