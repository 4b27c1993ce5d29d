package kfmock

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Exchange is a request with its reply. Status is 0 if nothing was sent; Effect is "committed" if the work was done.
type Exchange struct {
	N, Status                                                                                     int
	Method, Path, Query, Body, Operation, Rule, Failure, Effect, Delivery, Caller, ReplyBody, Why string
	Headers, ReplyHeaders                                                                         map[string]string
	At                                                                                            time.Time
}

func (e Exchange) String() string {
	text := fmt.Sprintf("%d %s %s -> %d", e.N, e.Method, e.Path, e.Status)
	if e.Status == 0 {
		text = fmt.Sprintf("%d %s %s -> %s", e.N, e.Method, e.Path, e.Delivery)
	}
	if e.Rule != "" {
		text += " (rule " + e.Rule + ")"
	}
	if e.Why != "" {
		text += ": " + e.Why
	}
	return text
}

// Header is a header field of the request. Of credentials only the scheme is shown.
func (e Exchange) Header(name string) string {
	for key, value := range e.Headers {
		if strings.EqualFold(key, name) {
			return value
		}
	}
	return ""
}

// Job is a job that is scheduled or running, or one that is over, which has Attempts, Result and Message.
type Job struct {
	ID, JobType, Agent, State, Result, Message string
	Runs, Attempts                             int
}

// Requests are the exchanges of an operation, as in Requests("GET", "/Agents"), or all, oldest first.
func (w *World) Requests(operation ...string) []Exchange {
	w.t.Helper()
	query := url.Values{"order": {"oldest"}, "limit": {"100000"}, "strict": {"true"}}
	if len(operation) > 0 {
		query.Set("operation", strings.Join(operation, " "))
	}
	var journal struct {
		Exchanges []Exchange
		Evicted   int
	}
	w.Control(http.MethodGet, "journal?"+query.Encode(), nil, &journal)
	if journal.Evicted > 0 {
		w.t.Fatalf("the journal has dropped %d exchanges: use Expect and Verify, which allow for that", journal.Evicted)
	}
	return journal.Exchanges
}

// Jobs are the jobs that are scheduled or running; Jobs(true) are those that are over.
func (w *World) Jobs(over ...bool) []Job {
	w.t.Helper()
	page := "jobs"
	if len(over) > 0 && over[0] {
		page = "jobs/over"
	}
	var jobs []Job
	w.Control(http.MethodGet, page, nil, &jobs)
	return jobs
}

// Expect adds expectations as scenario files write them: Expect(Keys{"jobs": Keys{}, "count": 1}). Verify judges them, or else the end
// of the test.
func (w *World) Expect(expectations ...Keys) { w.expected = append(w.expected, expectations...) }

// Verify fails the test, with the exchanges that came nearest, unless all that was expected (else: what the scenario expects) has
// happened. A name in it that does not exist fails the test, too.
func (w *World) Verify() {
	w.t.Helper()
	w.judge("verify", Keys{})
}

// Await is Verify, but waits until all is met; the timeout is on the wall clock.
func (w *World) Await(timeout time.Duration) {
	w.t.Helper()
	w.judge("await", Keys{"timeout": duration(timeout)})
}

func (w *World) judge(page string, body Keys) {
	w.t.Helper()
	if w.expected != nil {
		body["expect"] = w.expected
	}
	w.expected = nil
	var verdict struct {
		Verdict string
		Results []struct {
			Verdict, Found string
			Expected       json.RawMessage
			Nearest        []struct {
				N, Status    int
				Method, Path string
				Criteria     json.RawMessage
			}
		}
	}
	w.Control(http.MethodPost, page+"?strict", body, &verdict)
	for _, each := range verdict.Results {
		if each.Verdict == "met" {
			continue
		}
		w.t.Errorf("%s: expected %s, found %s", each.Verdict, each.Expected, each.Found)
		for _, near := range each.Nearest {
			w.t.Logf("  nearest: %d %s %s -> %d: %s", near.N, near.Method, near.Path, near.Status, near.Criteria)
		}
	}
}

// summary has the last exchanges, and which rules struck.
func (w *World) summary() string {
	var journal struct{ Exchanges []Exchange }
	var rules []struct {
		Name, Operation  string
		Matches, Strikes int
		Do               []string
	}
	for page, into := range map[string]any{"journal?order=newest&limit=10": &journal, "rules": &rules} {
		if err := w.server.control(http.MethodGet, "worlds/"+w.Name+"/"+page, nil, into); err != nil {
			return err.Error()
		}
	}
	text := ""
	for _, e := range journal.Exchanges {
		text = e.String() + "\n" + text
	}
	for _, r := range rules {
		text += fmt.Sprintf("rule %s (%s) struck %d of %d: %s\n", r.Name, r.Operation, r.Strikes, r.Matches, strings.Join(r.Do, ", "))
	}
	return text
}
