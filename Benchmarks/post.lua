-- wrk sends one POST over and over: wrk -s post.lua URL -- BODY-FILE [close | worlds N]
--
-- Headers given to wrk with -H outrank those set here.
-- With `worlds N` the requests go to N worlds in turns, by their path prefix; that much Lua runs then per request.
-- The request is set up before wrk makes its text of it, so that no Lua runs per request; and there is no response(),
-- which would slow wrk down: that all answers were 2xx is seen in the counts at the end.
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
