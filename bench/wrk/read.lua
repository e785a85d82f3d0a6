-- Reads one path again and again. Arguments: path, token.
local prepared

function init(args)
  prepared = wrk.format("GET", args[1], { ["Authorization"] = "Bearer " .. args[2] })
end

function request()
  return prepared
end

-- The exact figures, where wrk's own lines are rounded.
function done(summary)
  io.write(string.format("bytes %d\n", summary.bytes))
end
