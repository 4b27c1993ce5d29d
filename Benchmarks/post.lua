-- Makes wrk send the same POST repeatedly: wrk -s post.lua URL -- BODY-FILE [close | worlds N]
--
-- Headers given to wrk with -H override those set here.
-- With `worlds N` the requests go to N worlds in turns, by their path prefix; only then does Lua run per request.
-- The request is prepared before wrk formats it, so that no Lua runs per request. There is no response() function, because it
-- would slow wrk down: the counts at the end show whether all responses were 2xx.
local original = wrk.init

wrk.init = function(args)
   local file = assert(io.open(args[1], "rb"))
   wrk.method = "POST"
   wrk.body = file:read("*a")
   file:close()
   local headers = {
      ["Authorization"] = "Basic YmVuY2g6bWFyaw==",
      ["x-keyfactor-requested-with"] = "APIClient",
      ["Content-Type"] = "application/json",
   }
   for name, value in pairs(headers) do wrk.headers[name] = wrk.headers[name] or value end
   if args[2] == "close" then wrk.headers["Connection"] = "close" end
   original(args)
   if args[2] == "worlds" then
      local texts, count, turn = {}, tonumber(args[3]), 0
      for world = 1, count do texts[world] = wrk.format(nil, "/w/world-" .. world .. wrk.path) end
      request = function()
         turn = turn % count + 1
         return texts[turn]
      end
   end
end

function done(summary, latency)
   local errors = summary.errors
   io.write(string.format('\n{"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,', summary.requests, summary.duration,
      latency:percentile(50), latency:percentile(99)))
   io.write(string.format('"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}\n',
      errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
