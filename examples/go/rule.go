package keyfactormock

import (
	"fmt"
	"net/http"
	"time"
)

// Rule describes what happens to some requests. Each method adds an effect.
type Rule struct {
	world *World
	name  string
	keys  map[string]any
	does  []any
}

// Option restricts which requests of an operation a rule strikes.
type Option struct {
	key   string
	value any
}

// Times strikes the first n requests.
func Times(n int) Option { return Option{"calls", fmt.Sprintf("1-%d", n)} }

// Calls strikes these requests, counted from 1: "2", "2-3", "3+", "every 5".
func Calls(calls string) Option { return Option{"calls", calls} }

// Per counts separately for each "caller", "header.NAME" or "query.NAME".
func Per(key string) Option { return Option{"per", key} }

// Where strikes requests that meet all conditions, such as {"body.JobTypeName": "FetchLogs"}.
func Where(conditions map[string]any) Option { return Option{"where", conditions} }

// Chance strikes a share of the requests, such as "30%", the same in every run.
func Chance(chance string) Option { return Option{"chance", chance} }

// On begins a rule for an operation such as "POST /OrchestratorJobs/Custom" or "token". It holds from its first effect on,
// and a test that gives it none fails, as does one whose operation does not exist;
// rules are evaluated in the order of their creation.
func (w *World) On(operation string, options ...Option) *Rule {
	rule := &Rule{world: w, name: fmt.Sprintf("rule-%d", len(w.rules)+1), keys: map[string]any{"operation": operation}}
	for _, option := range options {
		rule.keys[option.key] = option.value
	}
	w.rules = append(w.rules, rule)
	return rule
}

// Does adds an effect as in scenario files, such as {"break": "stall", "at": "body"}.
func (r *Rule) Does(effect map[string]any) *Rule {
	r.world.t.Helper()
	r.does = append(r.does, effect)
	r.keys["do"] = r.does
	r.world.Control(http.MethodPut, "rules/"+r.name+"?strict", r.keys, nil)
	return r
}

// Refuse sends a built-in failure such as "unavailable"; no work is done.
func (r *Rule) Refuse(failure string) *Rule {
	r.world.t.Helper()
	return r.Does(map[string]any{"refuse": failure})
}

// RefuseWith sends a custom failure: failure, status, code, message, body, headers, retryAfter.
func (r *Rule) RefuseWith(failure map[string]any) *Rule {
	r.world.t.Helper()
	return r.Does(map[string]any{"refuse": failure})
}

// Reset ends the connection with RST at "request", before the work, or at "reply", after it.
func (r *Rule) Reset(at string) *Rule {
	r.world.t.Helper()
	return r.Does(map[string]any{"break": "reset", "at": at})
}

// Close ends the connection with FIN at "request", before the work, or at "reply", after it.
func (r *Rule) Close(at string) *Rule {
	r.world.t.Helper()
	return r.Does(map[string]any{"break": "close", "at": at})
}

// Truncate does the work, but sends only a part of the body, such as "50%", with the full Content-Length.
func (r *Rule) Truncate(keep string) *Rule {
	r.world.t.Helper()
	return r.Does(map[string]any{"break": "truncate", "keep": keep})
}

// Delay waits at "request", before the work, or at "reply", after it, on the wall clock.
func (r *Rule) Delay(by time.Duration, at string) *Rule {
	r.world.t.Helper()
	return r.Does(map[string]any{"delay": duration(by), "at": at})
}

// Answer sends a custom response; also for operations that the mock does not support.
func (r *Rule) Answer(status int, body any) *Rule {
	r.world.t.Helper()
	return r.Does(map[string]any{"answer": map[string]any{"status": status, "body": body}})
}

// Alter changes the real response: status, headers, patch.
func (r *Rule) Alter(what map[string]any) *Rule {
	r.world.t.Helper()
	return r.Does(map[string]any{"alter": what})
}

// Change changes the estate for the next request, such as
// {"agents": [{"machine": "uo-1", "status": "disapproved"}]}.
func (r *Rule) Change(estate map[string]any) *Rule {
	r.world.t.Helper()
	return r.Does(map[string]any{"change": estate})
}
