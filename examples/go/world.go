package keyfactormock

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// World is an isolated copy of everything: estate, clock, rules, journal, tokens.
type World struct {
	Name     string
	URL      string // the API in this world, over HTTP; over HTTPS if the server has no HTTP
	HTTPSURL string // the same over HTTPS, empty if the server has none
	TokenURL string // the token endpoint
	Client   *http.Client

	t     testing.TB
	rules []*Rule
}

// Exchange is a request with its reply, from the journal. Status is 0 if nothing was sent; Effect is "committed" if the
// work was done.
type Exchange struct {
	N                                       int
	Method, Path, Query, Body, Operation    string
	Rule, Failure, Effect, Delivery, Caller string
	Status                                  int
	ReplyBody                               string
	RequestHeaders                          map[string]string `json:"headers"`
	ReplyHeaders                            map[string]string
	At                                      time.Time
}

// Header is a header field of the request; the name is case-insensitive. Of credentials only the scheme is shown.
func (e Exchange) Header(name string) string {
	for key, value := range e.RequestHeaders {
		if strings.EqualFold(key, name) {
			return value
		}
	}
	return ""
}

// Job is a scheduled or running job.
type Job struct {
	ID, JobType, Agent, State string
	Schedule                  json.RawMessage
	Runs                      int
}

var unfit = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// New creates the world of a test and drops it at the end of the test. It is named after the test and its package, so
// that random values are the same in every run. If the test fails, its exchanges are logged.
func New(t testing.TB) *World {
	t.Helper()
	if current == nil {
		t.Fatal("no server is running: call keyfactormock.Main in TestMain")
	}
	digest := fmt.Sprintf("%x", sha256.Sum256([]byte(thisPackage()+" "+t.Name())))
	name := unfit.ReplaceAllString(t.Name(), "-")
	if len(name) > 48 {
		name = name[:48]
	}
	w := &World{Name: name + "-" + digest[:8], Client: current.newClient(), t: t}
	below := "/w/" + w.Name
	if current.https != "" {
		w.HTTPSURL = current.https + below + current.apiPath
	}
	w.URL = w.HTTPSURL
	if current.http != "" {
		w.URL = current.http + below + current.apiPath
	}
	w.TokenURL = fallback(current.http, current.https) + below + "/oauth2/token"
	w.drop()
	if err := current.control(http.MethodPost, "worlds", map[string]any{"name": w.Name}, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, rule := range w.rules {
			if len(rule.does) == 0 {
				t.Errorf("On(%q) was given no effect, such as Refuse: it strikes nothing", rule.keys["operation"])
			}
		}
		if t.Failed() {
			for _, each := range w.Requests("") {
				t.Logf("%d %s %s: %d %s %s", each.N, each.Method, each.Path, each.Status, each.Delivery, each.Rule)
			}
		}
		w.Client.CloseIdleConnections()
		w.drop()
	})
	return w
}

// thisPackage is the test's folder relative to that of go.mod: unique for each package, and the same on every machine.
func thisPackage() string {
	folder, err := os.Getwd()
	if err != nil {
		return ""
	}
	for root := folder; ; root = filepath.Dir(root) {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			if below, err := filepath.Rel(root, folder); err == nil {
				return filepath.ToSlash(below)
			}
		}
		if root == filepath.Dir(root) {
			return filepath.Base(folder)
		}
	}
}

func (w *World) drop() {
	w.t.Helper()
	var refused *refusal
	err := current.control(http.MethodDelete, "worlds/"+w.Name, nil, nil)
	if err != nil && !(errors.As(err, &refused) && refused.status == http.StatusNotFound) {
		w.t.Error(err)
	}
}

// Control sends a request to the control interface of this world, for anything without a method here; into may be nil.
func (w *World) Control(method, page string, body, into any) {
	w.t.Helper()
	if err := current.control(method, "worlds/"+w.Name+"/"+page, body, into); err != nil {
		w.t.Fatal(err)
	}
}

// Load replaces the whole scenario, YAML or JSON. The world restarts.
func (w *World) Load(scenario string) {
	w.t.Helper()
	w.Control(http.MethodPut, "scenario", scenario, nil)
}

// Patch merges into the estate, in the format of scenario files, YAML or JSON.
func (w *World) Patch(estate string) {
	w.t.Helper()
	w.Control(http.MethodPatch, "estate", estate, nil)
}

// Advance advances the world's clock and runs everything that becomes due. It returns how many runs began.
func (w *World) Advance(by time.Duration) int {
	w.t.Helper()
	var outcome struct{ Ran int }
	w.Control(http.MethodPost, "clock/advance", map[string]any{"by": duration(by)}, &outcome)
	return outcome.Ran
}

// Requests are the exchanges of an operation such as "GET /Agents", or all if it is empty, oldest first. An operation
// that does not exist fails the test.
func (w *World) Requests(operation string) []Exchange {
	w.t.Helper()
	query := url.Values{"order": {"oldest"}, "limit": {"100000"}, "strict": {"true"}}
	if operation != "" {
		query.Set("operation", operation)
	}
	var journal struct {
		Exchanges []Exchange
		Evicted   int
	}
	w.Control(http.MethodGet, "journal?"+query.Encode(), nil, &journal)
	if journal.Evicted > 0 {
		w.t.Fatalf("the journal has dropped %d exchanges: use Verify, which allows for that", journal.Evicted)
	}
	return journal.Exchanges
}

// Jobs are the scheduled and running jobs; completed jobs are in the history.
func (w *World) Jobs() []Job {
	w.t.Helper()
	var jobs []Job
	w.Control(http.MethodGet, "jobs", nil, &jobs)
	return jobs
}

// Verify fails the test, with the exchanges that came nearest, unless all of the expectations are met: a list as in scenario
// files, such as "[ { requests: { operation: GET /Agents }, count: 1-3 } ]". A name in them that does not exist fails it, too.
func (w *World) Verify(expectations string) {
	w.t.Helper()
	var verdict struct {
		Verdict string
		Results json.RawMessage
	}
	w.Control(http.MethodPost, "verify?strict", "expect: "+expectations, &verdict)
	if verdict.Verdict != "met" {
		w.t.Errorf("%s: %s", verdict.Verdict, verdict.Results)
	}
}

// duration formats a duration for the mock.
func duration(d time.Duration) string {
	if d%time.Second == 0 {
		return fmt.Sprintf("%ds", d/time.Second)
	}
	return fmt.Sprintf("%dms", d.Milliseconds())
}
