#!/bin/sh
# A client schedules one job while the server fails. Run it with: keyfactor-mock exec -- sh story.sh
set -eu

world=${1:-curl-story}
api=$KFMOCK_HTTP_URL/w/$world/${KEYFACTOR_API_PATH:-KeyfactorAPI}
control=$KFMOCK_ADMIN_URL/worlds/$world

# steer METHOD PAGE [BODY]: sends a request to the control interface; prints the error and ends the script if it fails.
steer() {
    answer=$(curl -sS -w '\n%{http_code}' -X "$1" "$control/$2" ${3:+-d "$3"})
    case $answer in
        *"
"2??) printf '%s\n' "${answer%?[0-9][0-9][0-9]}" ;;
        *) printf '%s /_mock/%s: %s\n' "$1" "$2" "$answer" >&2 && return 1 ;;
    esac
}

# is WHAT WANTED FOUND: checks that both are equal; ends the script if not.
is() {
    if [ "$2" = "$3" ]; then echo "ok: $1"; else echo "NOT OK: $1: wanted '$2', found '$3'" >&2 && exit 1; fi
}

# The client under test: up to three attempts while the server responds with 503. Prints the last status.
give_job() {
    agent=$(curl -sS "$api/Agents?QueryString=ClientMachine%20-eq%20%22$1%22" | sed 's/^[^"]*"AgentId":"\([^"]*\)".*/\1/')
    body="{\"AgentId\":\"$agent\",\"JobTypeName\":\"SampleCustomJobType\",\"JobFields\":{\"ParamInt\":\"1\"}}"
    for attempt in 1 2 3; do
        status=$(curl -s -o /dev/null -w '%{http_code}' -H 'x-keyfactor-requested-with: APIClient' \
            -H 'Content-Type: application/json' -d "$body" "$api/OrchestratorJobs/Custom") || true
        [ "$status" = 503 ] || break
    done
    echo "$status"
}

# count PATTERN: how often the pattern occurs in the input.
count() { grep -o -- "$1" | wc -l | tr -d ' '; }

# A new world for this test. The request creates it.
steer PUT scenario 'clock: { start: 2026-03-01T09:00:00Z, mode: frozen }' >/dev/null

# 1. The server is down twice: three requests, one job.
steer PUT rules/down '{ operation: POST /OrchestratorJobs/Custom, calls: 1-2, do: [ { refuse: unavailable } ] }' >/dev/null
is 'the third attempt succeeds' 200 "$(give_job uo-1)"
is 'there is one job' 1 "$(steer GET jobs | count '"id":')"
expected='{ expect: [ { requests: { operation: POST /OrchestratorJobs/Custom }, count: 3 } ] }'
is 'three requests were sent' 1 "$(steer POST verify "$expected" | grep -c '^{"verdict":"met"')"

# 2. The work is done but the response is lost: the client does not know, and must not retry.
steer POST reset >/dev/null
steer PUT rules/lost '{ operation: POST /OrchestratorJobs/Custom, do: [ { break: reset, at: reply } ] }' >/dev/null
is 'no response comes' 000 "$(give_job uo-1)"
is 'one request was sent' 1 "$(steer GET 'journal?operation=POST%20/OrchestratorJobs/Custom' | count '"effect":"committed"')"
is 'and the job exists' 1 "$(steer GET jobs | count '"id":')"

# 3. Two hours pass, without waiting.
is 'the clock advances' '{"now":"2026-03-01T11:00:00Z","ran":0,"ended":0}' "$(steer POST clock/advance '{"by": "2h"}')"

curl -sS -X DELETE "$control"
echo 'all is well'
