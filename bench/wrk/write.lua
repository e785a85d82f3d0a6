-- Sends one object again and again, with what differs filled in. Arguments:
--   method, path, token, content type, file with the body's template, run, names
-- %NAME% in template and path becomes a name: one never used before (names = 0), or one of `names` in turn.
-- %SERIAL% in the template becomes a text that never comes twice, so that no write is without effect.
local method, path, body, run, names
local headers = {}
local serial = 0

-- Cut once into texts (odd places) and placeholders (even places).
local function cut(template)
  local pieces, at = {}, 1
  for from, placeholder, to in template:gmatch("()%%(%u+)%%()") do
    pieces[#pieces + 1] = template:sub(at, from - 1)
    pieces[#pieces + 1] = placeholder
    at = to
  end
  pieces[#pieces + 1] = template:sub(at)
  return pieces
end

local function fill(pieces, values)
  local filled = {}
  for i = 1, #pieces do filled[i] = i % 2 == 1 and pieces[i] or values[pieces[i]] end
  return table.concat(filled)
end

function init(args)
  method, path = args[1], cut(args[2])
  headers["Authorization"] = "Bearer " .. args[3]
  headers["Content-Type"] = args[4]
  local file = assert(io.open(args[5], "r"))
  body = cut(file:read("*a"))
  file:close()
  run, names = args[6], tonumber(args[7])
end

function request()
  serial = serial + 1
  local values = { NAME = names > 0 and "object-" .. (serial % names) or "object-" .. run .. "-" .. serial, SERIAL = run .. "-" .. serial }
  return wrk.format(method, fill(path, values), headers, fill(body, values))
end
