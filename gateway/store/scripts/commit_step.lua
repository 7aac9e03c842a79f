-- Commits one step: everything of it, or nothing.
--
-- KEYS  1 episode  2 attempts  3 answers  4 curriculum  5 events  6 last
-- ARGV  1 nonce  2 step before this one  3 attempt id  4 request id or ''  5 answer  6 stored attempt  7 source
--       8 identity  9 reward  10 done, '1' or '0'  11 level of the task  12 event
--       13 episode ttl s  14 agent ttl s  15 events kept
--       16 curriculum window  17 up above  18 down below  19 levels, ascending, separated by spaces
-- Returns {result, answer or ''}; the results are CommitResult in records.py.
local episode = redis.call('HMGET', KEYS[1], 'nonce', 'step', 'done', 'attempt_id', 'best_reward')
if not episode[1] then return {'gone', ''} end
if episode[1] ~= ARGV[1] then return {'conflict', ''} end
if ARGV[4] ~= '' then
  local answer = redis.call('HGET', KEYS[3], ARGV[4])
  if answer then return {'answered', answer} end
end
-- The same commit again, because its answer was lost on the way back.
if episode[4] == ARGV[3] then return {'committed', ''} end
if episode[3] == '1' then return {'finished', ''} end
if episode[2] ~= ARGV[2] then return {'conflict', ''} end

local step = tonumber(ARGV[2]) + 1
local best = ARGV[9]
if episode[5] and tonumber(episode[5]) > tonumber(best) then best = episode[5] end
redis.call('HSET', KEYS[1], 'step', step, 'done', ARGV[10], 'attempt_id', ARGV[3], 'reward', ARGV[9],
  'best_reward', best, 'source:' .. step, ARGV[7], 'identity:' .. step, ARGV[8])
redis.call('RPUSH', KEYS[2], ARGV[6])
if ARGV[4] ~= '' then redis.call('HSET', KEYS[3], ARGV[4], ARGV[5]) end
redis.call('XADD', KEYS[5], 'MAXLEN', '~', ARGV[15], '*', 'kind', 'step', 'data', ARGV[12])
for _, key in ipairs({KEYS[1], KEYS[2], KEYS[3], KEYS[6]}) do redis.call('EXPIRE', key, ARGV[13]) end
if ARGV[10] ~= '1' then return {'committed', ''} end

-- The curriculum: only episodes of the level that the agent is at count.
local levels, at = {}, 1
local curriculum = redis.call('HMGET', KEYS[4], 'level', 'window')
for level in string.gmatch(ARGV[19], '%S+') do
  levels[#levels + 1] = level
  if level == curriculum[1] then at = #levels end
end
if levels[at] ~= ARGV[11] then return {'committed', ''} end
local window, sum = {}, 0
for reward in string.gmatch(curriculum[2] or '', '%S+') do window[#window + 1] = reward end
window[#window + 1] = ARGV[9]
while #window > tonumber(ARGV[16]) do table.remove(window, 1) end
for _, reward in ipairs(window) do sum = sum + tonumber(reward) end
local mean, moved = sum / #window, at
if #window == tonumber(ARGV[16]) then
  if mean > tonumber(ARGV[17]) and at < #levels then moved = at + 1 end
  if mean < tonumber(ARGV[18]) and at > 1 then moved = at - 1 end
end
if moved ~= at then window = {} end
redis.call('HSET', KEYS[4], 'level', levels[moved], 'window', table.concat(window, ' '))
redis.call('EXPIRE', KEYS[4], ARGV[14])
return {'committed', ''}
