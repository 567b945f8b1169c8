-- The limiter's steps, each in one round trip. limits_memory.py says the same in Python, and more of the why.
--
-- KEYS[1] is the state of a target (a hash), KEYS[2] its open calls (sorted by when their lease ends); `take` has a pair
-- for each target and the three of the line behind them: who waits (by score), who was seen when, and the virtual times.
-- Times are milliseconds of the server's own clock, so that it does not matter what the workers think the time is.

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local DAY = 86400

local RAMP_SECONDS, RAMP_PER_SECOND = tonumber(ARGV[2]), tonumber(ARGV[3])
local WINDOW, NEWEST = tonumber(ARGV[4]) * 1000, tonumber(ARGV[5])
local BATCH, USUAL_SECONDS = 1e9, 10

local function read(key)
  local state, flat = {}, redis.call('HGETALL', key)
  for i = 1, #flat, 2 do state[flat[i]] = tonumber(flat[i + 1]) or flat[i + 1] end
  return state
end

local function write(key, ...)
  redis.call('HSET', key, ...)
  redis.call('EXPIRE', key, DAY)
end

local function level(state, name, size, rate)
  if not state[name] then return size end
  return math.min(size, state[name] + (now - state[name .. '_at']) / 1000 * rate)
end

local function set_level(key, name, value)
  write(key, name, value, name .. '_at', now)
end

-- The bucket of requests: its size and what fills it a second.
local function requests(state, limit)
  local size, rate = math.huge, math.huge
  if limit >= 0 then size, rate = limit, limit / 60 end
  if (state.ramp_until or 0) > now then
    return math.min(size, RAMP_PER_SECOND / 4), math.min(rate, RAMP_PER_SECOND)
  end
  return size, rate
end

local function is_resting(state)
  return state.cause and math.max(state['until'] or 0, state.probe_until or 0) > now
end

local function recover(key, state)
  redis.call('HDEL', key, 'cause', 'until', 'since', 'probe_until', 'coolings', 'failed', 'answered')
  write(key, 'ramp_until', now + RAMP_SECONDS * 1000)
  set_level(key, 'requests', math.min(1, state.requests or 1))
end

local function rest(key, state, cause, first, most)
  local coolings = state.coolings or 0
  local seconds = math.min(first * 2 ^ coolings, most)
  write(key, 'cause', cause, 'until', now + seconds * 1000, 'coolings', coolings + 1)
  redis.call('HSETNX', key, 'since', now)
  redis.call('HDEL', key, 'probe_until')
end

local function mean(before, newest)
  return before and before + NEWEST * (newest - before) or newest
end

local steps = {}

-- ARGV: 6 call, 7 ticket, 8 party, 9 is batch, 10 waits, 11 tokens, 12 routing, 13 explores, 14 lease, 15 probe, 16 seen,
-- all in seconds, then for each target: priority, weight, requests and tokens a minute, calls at once (-1: no limit)
function steps.take()
  local line, seen, times = KEYS[#KEYS - 2], KEYS[#KEYS - 1], KEYS[#KEYS]
  local call, ticket, tokens, routing = ARGV[6], ARGV[7], tonumber(ARGV[11]), ARGV[12]
  for _, gone in ipairs(redis.call('ZRANGEBYSCORE', seen, '-inf', now - ARGV[16] * 1000)) do
    redis.call('ZREM', line, gone)
    redis.call('ZREM', seen, gone)
  end
  local ahead = ticket ~= '' and redis.call('ZRANK', line, ticket) or nil
  if ahead then redis.call('ZADD', seen, now, ticket) else ticket = '' end
  ahead = ahead or redis.call('ZCARD', line)

  local best, best_rank, room_in_all, whole_room, flow = nil, nil, 0, 0, 0
  local rest_for, rest_cause, passed, passed_priority = math.huge, nil, '', math.huge
  for i = 1, (#KEYS - 3) / 2 do
    local key, open, at = KEYS[2 * i - 1], KEYS[2 * i], 16 + (i - 1) * 5
    local priority, weight = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
    local per_minute, tokens_a_minute, most_open = tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4]), tonumber(ARGV[at + 5])
    local state = read(key)
    if is_resting(state) then
      -- Nobody knows when a probe is answered.
      local left = (state['until'] or 0) > now and (state['until'] - now) / 1000 or 1
      if left < rest_for then rest_for, rest_cause = left, state.cause end
      if priority < passed_priority then passed, passed_priority = state.cause, priority end
    else
      redis.call('ZREMRANGEBYSCORE', open, '-inf', now)
      local open_calls = redis.call('ZCARD', open)
      local size, rate = requests(state, per_minute)
      local room = size == math.huge and size or level(state, 'requests', size, rate)
      local speed = rate
      if tokens_a_minute >= 0 then
        local need = math.max(math.min(tokens, tokens_a_minute), 1)
        room = math.min(room, level(state, 'tokens', tokens_a_minute, tokens_a_minute / 60) / need)
        speed = math.min(speed, tokens_a_minute / 60 / need)
      end
      if most_open >= 0 then
        room = math.min(room, most_open - open_calls)
        speed = math.min(speed, most_open / (state.seconds or USUAL_SECONDS))
      end
      room = math.max(state.cause and math.min(room, 1) or room, 0)
      room_in_all, whole_room, flow = room_in_all + room, whole_room + math.floor(room), flow + speed
      if room < 1 and priority < passed_priority then passed, passed_priority = 'limits', priority end
      local rank = 0
      if routing == 'least_busy' then rank = open_calls / weight end
      if routing == 'fastest' and ARGV[13] == '0' then rank = state.first_token or 0 end
      rank = priority * 1e9 + rank
      if room >= 1 and (not best or rank < best_rank) then best, best_rank = i, rank end
    end
  end

  if best and whole_room > ahead then
    local key, open, at = KEYS[2 * best - 1], KEYS[2 * best], 16 + (best - 1) * 5
    local per_minute, tokens_a_minute = tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
    local state, need = read(key), 0
    if passed_priority >= tonumber(ARGV[at + 1]) then passed = '' end
    local size, rate = requests(state, per_minute)
    if size < math.huge then set_level(key, 'requests', level(state, 'requests', size, rate) - 1) end
    if tokens_a_minute >= 0 then
      need = math.min(tokens, tokens_a_minute)
      set_level(key, 'tokens', level(state, 'tokens', tokens_a_minute, tokens_a_minute / 60) - need)
    end
    if state.cause then write(key, 'probe_until', now + ARGV[15] * 1000) end
    redis.call('ZADD', open, now + ARGV[14] * 1000, call)
    redis.call('EXPIRE', open, DAY)
    if ticket ~= '' then
      local score = tonumber(redis.call('ZSCORE', line, ticket))
      local lane = score >= BATCH and 1 or 0
      local before = tonumber(redis.call('HGET', times, 'at:' .. lane) or 0)
      redis.call('HSET', times, 'at:' .. lane, math.max(before, score - lane * BATCH))
      redis.call('ZREM', line, ticket)
      redis.call('ZREM', seen, ticket)
    end
    return {1, best, need, state.cause and 1 or 0, passed}
  end

  if ticket == '' and ARGV[10] == '1' then
    if redis.call('ZCARD', line) == 0 then redis.call('DEL', times) end
    local lane, party = ARGV[9], ARGV[9] .. ':' .. ARGV[8]
    local begins = math.max(
      tonumber(redis.call('HGET', times, 'at:' .. lane) or 0), tonumber(redis.call('HGET', times, 'of:' .. party) or 0)
    )
    redis.call('HSET', times, 'of:' .. party, begins + 1)
    ticket = string.format('%012d:%s', redis.call('HINCRBY', times, 'arrivals', 1), call)
    redis.call('ZADD', line, begins + lane * BATCH, ticket)
    redis.call('ZADD', seen, now, ticket)
    for _, name in ipairs({line, seen, times}) do redis.call('EXPIRE', name, DAY) end
  end
  local wait = rest_for
  if flow > 0 then
    rest_cause = 'limits'
    wait = math.min(wait, (ahead + 1 - room_in_all) / flow)
  end
  return {0, tostring(math.max(wait, 0)), ahead, rest_cause, ticket}
end

function steps.begun()
  recover(KEYS[1], read(KEYS[1]))
end

-- ARGV: 6 requests left, 7 tokens left (-1: not told), 8 seconds until there is more, 9 requests and 10 tokens a minute
function steps.tell()
  local key, state = KEYS[1], read(KEYS[1])
  local requests_left, tokens_left, reset = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
  local per_minute, tokens_a_minute = tonumber(ARGV[9]), tonumber(ARGV[10])
  if (requests_left == 0 or tokens_left == 0) and reset > 0 and not state.cause then
    write(key, 'cause', 'rate_limited', 'until', now + reset * 1000, 'since', now)
  end
  local size, rate = requests(state, per_minute)
  if requests_left >= 0 and size < math.huge then
    set_level(key, 'requests', math.min(level(state, 'requests', size, rate), requests_left))
  end
  if tokens_left >= 0 and tokens_a_minute >= 0 then
    local before = level(state, 'tokens', tokens_a_minute, tokens_a_minute / 60)
    set_level(key, 'tokens', math.min(before, tokens_left))
  end
end

-- ARGV: 6 call, 7 tokens taken, 8 used (-1: not known), 9 tokens a minute, 10 fine (1, 0, or -1: says nothing),
-- 11 is probe, 12 seconds to the first token (-1: none), 13 seconds in all, 14 cause of rest (or nothing), 15 first
-- rest, 16 longest rest, 17 failures it takes
function steps.give_back()
  local key, state, is_probe = KEYS[1], read(KEYS[1]), ARGV[11] == '1'
  redis.call('ZREM', KEYS[2], ARGV[6])
  local used, tokens_a_minute = tonumber(ARGV[8]), tonumber(ARGV[9])
  if tokens_a_minute >= 0 and used >= 0 then
    local before = level(state, 'tokens', tokens_a_minute, tokens_a_minute / 60)
    set_level(key, 'tokens', math.min(before + ARGV[7] - used, tokens_a_minute))
  end
  if ARGV[10] == '-1' then
    if is_probe then redis.call('HDEL', key, 'probe_until') end
    return
  end
  local failed, answered, fine = state.failed or 0, state.answered or 0, ARGV[10] == '1'
  if now - (state.window or 0) >= WINDOW then
    failed, answered = 0, 0
    write(key, 'window', now)
  end
  if fine then answered = answered + 1 else failed = failed + 1 end
  write(key, 'failed', failed, 'answered', answered)
  if fine then
    write(key, 'seconds', mean(state.seconds, tonumber(ARGV[13])))
    if ARGV[12] ~= '-1' then write(key, 'first_token', mean(state.first_token, ARGV[12] * 1000)) end
    if is_probe and state.cause then recover(key, state) end
    return
  end
  local cause, first, most, needed = ARGV[14], tonumber(ARGV[15]), tonumber(ARGV[16]), tonumber(ARGV[17])
  if cause == '' then return end
  if state.cause and not is_probe then
    if first == most then write(key, 'until', math.max(state['until'] or 0, now + first * 1000)) end
  elseif is_probe or needed == 1 or (failed >= needed and failed > answered) then
    rest(key, state, cause, first, most)
  end
end

-- KEYS are those of the open calls themselves; ARGV: 6 lease in seconds, then the call of each key.
function steps.renew()
  for i, open in ipairs(KEYS) do redis.call('ZADD', open, 'XX', now + ARGV[6] * 1000, ARGV[6 + i]) end
end

return steps[ARGV[1]]()
