-- wrk's script: GET path?query=..., where each query is a line of a file.
--   wrk ... URL -- PATH FILE RUN ACCEPT [ETAG]
-- RUN "same" repeats the first line; any other RUN numbers each query in a comment of its own, so
-- that no two requests of a measurement are the same.

local queries, number, path, run = {}, 0, nil, nil

function init(args)
  path, run = args[1], args[3]
  for line in io.lines(args[2]) do
    queries[#queries + 1] = line
  end
  wrk.headers["Accept"] = args[4]
  if args[5] then
    wrk.headers["If-None-Match"] = args[5]
  end
end

function request()
  if run == "same" then
    return wrk.format("GET", path .. "?query=" .. queries[1])
  end
  number = number + 1
  local query = queries[number % #queries + 1]
  return wrk.format("GET", path .. "?query=" .. query .. "%20%23" .. run .. "." .. number)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "failed": %d}\n',
    summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
