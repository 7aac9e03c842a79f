-- What has come of an outbox: the id of the last entry that was delivered from it, kept beside what it was delivered
-- to. Entries come in their outbox' order, some of them more than once; each counts once.

-- Whether an entry of the outbox is new here, and notes that it came. ids: `ms-number`, as streams have them.
local function is_new(delivered, outbox, id)
  local before = redis.call('HGET', delivered, outbox)
  if before then
    local last_ms, last_number = string.match(before, '(%d+)-(%d+)')
    local ms, number = string.match(id, '(%d+)-(%d+)')
    last_ms, ms = tonumber(last_ms), tonumber(ms)
    if ms < last_ms or (ms == last_ms and tonumber(number) <= tonumber(last_number)) then return false end
  end
  redis.call('HSET', delivered, outbox, id)
  return true
end
