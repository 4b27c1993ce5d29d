package kfmock

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Rule is a rule for some requests. Each method adds an effect; effects apply in the order of their stages, not of the calls. Where a
// method takes a stage, it is "request", before the work, which is the default, or "reply", after it.
type Rule struct {
	world *World
	name  string
	keys  Keys
}

// Times are the keys of a rule that strikes the first n requests.
func Times(n int) Keys { return Keys{"calls": fmt.Sprintf("1-%d", n)} }

// On makes a rule for some requests: On("POST", "/OrchestratorJobs/Custom", Times(2)).Refuse("unavailable"); other keys, as in
// Keys{"where": …, "chance": "30%"}, are those of scenario files. Rules are evaluated in the order of their creation. A test that gives
// one no effect fails, as does one whose operation does not exist. The operation On("token", "") is the token endpoint.
func (w *World) On(method, path string, keys ...Keys) *Rule {
	rule := &Rule{world: w, name: fmt.Sprintf("rule-%d", len(w.rules)+1), keys: with(Keys{"operation": strings.TrimSpace(method + " " + path)}, keys)}
	w.rules = append(w.rules, rule)
	return rule
}

// Does adds effects as scenario files write them: Does(Keys{"limit": Keys{"tokens": 2, "refill": "1/s"}}); none at all strikes too.
func (r *Rule) Does(effects ...Keys) *Rule {
	r.world.t.Helper()
	done, _ := r.keys["do"].([]Keys)
	r.keys["do"] = append(append([]Keys{}, done...), effects...)
	r.world.Control(http.MethodPut, "rules/"+r.name+"?strict", r.keys, nil)
	return r
}

// Refuse sends a named failure (keyfactor-mock failures), or with "" a custom one: status, code, message, body, headers, retryAfter.
// No work is done.
func (r *Rule) Refuse(failure string, more ...Keys) *Rule {
	r.world.t.Helper()
	if len(more) == 0 {
		return r.Does(Keys{"refuse": failure})
	}
	if failure != "" {
		more = append(more, Keys{"failure": failure})
	}
	return r.Does(Keys{"refuse": with(Keys{}, more)})
}

// Answer sends a custom response, with the keys status and headers; also for operations that the mock does not support.
func (r *Rule) Answer(body any, more ...Keys) *Rule {
	r.world.t.Helper()
	return r.Does(Keys{"answer": with(Keys{"body": body}, more)})
}

// Alter alters the real response: status, headers, patch (a JSON merge patch).
func (r *Rule) Alter(what Keys) *Rule { r.world.t.Helper(); return r.Does(Keys{"alter": what}) }

// Change changes the estate for the next request: Keys{"agents": []Keys{{"machine": "uo-1", "status": "disapproved"}}}.
func (r *Rule) Change(estate Keys) *Rule { r.world.t.Helper(); return r.Does(Keys{"change": estate}) }

// Delay waits on the wall clock.
func (r *Rule) Delay(by time.Duration, at ...string) *Rule {
	r.world.t.Helper()
	return r.Does(with(Keys{"delay": duration(by)}, stage(at)))
}

// Breaks sends a reply that violates HTTP: stall, slow-headers, wrong-length, garbage, dribble, bad-chunk, …
func (r *Rule) Breaks(how string, more ...Keys) *Rule {
	r.world.t.Helper()
	return r.Does(with(Keys{"break": how}, more))
}

// Reset sends RST and no data.
func (r *Rule) Reset(at ...string) *Rule { r.world.t.Helper(); return r.Breaks("reset", stage(at)...) }

// Close sends FIN and no data.
func (r *Rule) Close(at ...string) *Rule { r.world.t.Helper(); return r.Breaks("close", stage(at)...) }

// Truncate does the work, but sends only a part of the body, such as "50%", with the full Content-Length.
func (r *Rule) Truncate(keep string) *Rule {
	r.world.t.Helper()
	return r.Breaks("truncate", Keys{"keep": keep})
}

// Remove removes the rule.
func (r *Rule) Remove() {
	r.world.t.Helper()
	r.world.Control(http.MethodDelete, "rules/"+r.name, nil, nil)
}

func with(keys Keys, more []Keys) Keys {
	for _, each := range more {
		for key, value := range each {
			keys[key] = value
		}
	}
	return keys
}

func stage(at []string) []Keys {
	if len(at) == 0 {
		return nil
	}
	return []Keys{{"at": at[0]}}
}

// duration formats a duration as the mock reads it.
func duration(by time.Duration) string { return fmt.Sprintf("%dms", by.Milliseconds()) }
