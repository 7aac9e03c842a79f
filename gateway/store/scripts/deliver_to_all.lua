-- Gives the events and the statistics what they are to have of steps and resets. Runs after stats.lua and delivered.lua,
-- which it is joined to.
--
-- KEYS  1 events  2 stats  3 what was delivered
-- ARGV  1 outbox  2 events kept  3... of each entry, in the outbox' order: id, kind, event, step (JSON) or ''
for place = 3, #ARGV, 4 do
  if is_new(KEYS[3], ARGV[1], ARGV[place]) then
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'kind', ARGV[place + 1], 'data', ARGV[place + 2])
    if ARGV[place + 3] ~= '' then
      local step = cjson.decode(ARGV[place + 3])
      count(KEYS[2], step.counts, step.words, step.words_kept, step.now_ms)
    end
  end
end
return 1
