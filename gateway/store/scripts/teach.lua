-- What an agent has of a step: its memory, its curriculum and its last episode, which are always in one slot. Runs after
-- memory.lua and curriculum.lua, which it is joined to.

-- keys: curriculum, last, best attempts, their sources, failures, their order. step: as in commit_step.lua.
-- Returns by how many levels the agent moved.
local function teach(keys, step, source)
  redis.call('EXPIRE', keys[2], step.episode_ttl_s)
  if not step.learns then return 0 end
  remember(keys[3], keys[4], step, source)
  if step.failure_id ~= '' then note_failure(keys[5], keys[6], step) end
  if not step.done then return 0 end
  local moved = climb(keys[1], step)
  learn(keys[1], step)
  return moved
end
