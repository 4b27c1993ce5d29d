// Package kfmock gives each test of a Keyfactor Command client a world of its own on a keyfactor-mock server.
package kfmock

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Keys are members of a JSON object, spelt as in scenario files.
type Keys = map[string]any

// World is an isolated copy of everything: estate, clock, rules, journal, tokens.
type World struct {
	Name          string
	URL, HTTPSURL string // the API; URL is HTTPSURL if the server has no HTTP, and HTTPSURL is empty if it has no HTTPS
	TokenURL, CA  string // the token endpoint; the CA in PEM
	Client        *http.Client
	t             testing.TB
	server        *server
	rules         []*Rule
	expected      []Keys
	scripts       []Keys
	scenario      string // before the scripts
	changed       bool
}

// Start makes the world of a test, with the given scenario (YAML or JSON) or that of the server, and drops it at the end. It is named
// after the test, so that random values are the same in every run. If the test fails, the last exchanges and the rules are logged.
func Start(t testing.TB, scenario ...string) *World {
	t.Helper()
	once.Do(func() { shared, unusable = find() })
	if unusable != nil {
		t.Fatal(unusable)
	}
	digest := sha256.Sum256([]byte(caller() + " " + t.Name()))
	name := fmt.Sprintf("%.48s-%x", regexp.MustCompile(`[^A-Za-z0-9._-]+`).ReplaceAllString(t.Name(), "-"), digest[:4])
	w := &World{Name: name, CA: shared.ca, Client: shared.newClient(), t: t, server: shared}
	w.URL, w.TokenURL = shared.base()+"/w/"+name+shared.api, shared.base()+"/w/"+name+"/oauth2/token"
	if shared.https != "" {
		w.HTTPSURL = shared.https + "/w/" + name + shared.api
	}
	_ = shared.control(http.MethodDelete, "worlds/"+name, nil, nil) // of an earlier run that was killed
	if err := shared.control(http.MethodPost, "worlds", Keys{"name": name}, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.finish)
	for _, each := range scenario {
		w.Load(each)
	}
	return w
}

// caller is the function of the running test, with its package.
func caller() (function string) {
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers)])
	for frame, more := frames.Next(); more && frame.Function != "testing.tRunner"; frame, more = frames.Next() {
		function = frame.Function
	}
	return function
}

// finish judges what was not verified, shows what happened in a test that failed, and drops the world.
func (w *World) finish() {
	w.t.Helper()
	if len(w.expected) > 0 && !w.t.Failed() {
		w.judge("verify", Keys{})
	}
	for _, rule := range w.rules {
		if rule.keys["do"] == nil {
			w.t.Errorf("On(…) was given no effect, such as Refuse(…): %s", rule.keys["operation"])
		}
	}
	if w.t.Failed() {
		w.t.Logf("keyfactor-mock, world %s\n%s", w.Name, w.summary())
	}
	w.Client.CloseIdleConnections()
	_ = w.server.control(http.MethodDelete, "worlds/"+w.Name, nil, nil)
}

// Control sends a request to the control interface of this world, for anything without a method here. A body that is a string is sent
// as it is, YAML or JSON; into may be nil, or a *string for the text.
func (w *World) Control(method, page string, body, into any) {
	w.t.Helper()
	w.changed = w.changed || method != http.MethodGet
	if err := w.server.control(method, "worlds/"+w.Name+"/"+page, body, into); err != nil {
		w.t.Fatal(err)
	}
}

// Load replaces the whole scenario, YAML or JSON. The world restarts, without the rules of On.
func (w *World) Load(scenario string) {
	w.t.Helper()
	w.Control(http.MethodPut, "scenario", scenario, nil)
	w.scenario, w.scripts, w.changed = scenario, nil, false
}

// Patch merges into the estate, in the format of scenario files: Patch(Keys{"agents": …}), or as YAML.
func (w *World) Patch(estate any) {
	w.t.Helper()
	w.Control(http.MethodPatch, "estate", estate, nil)
}

// ScriptJob defines the progress of jobs of a type: "absent", "InProcess", "Completed:Failure:disk full". It restarts the world, so
// call it before requests, rules and other changes.
func (w *World) ScriptJob(jobType string, steps ...string) {
	w.t.Helper()
	if w.changed || len(w.Requests()) > 0 {
		w.t.Fatal("call ScriptJob before requests, rules and other changes, because it restarts the world")
	}
	if w.scenario == "" {
		w.Control(http.MethodGet, "scenario", nil, &w.scenario)
	}
	script := Keys{"match": Keys{"jobType": jobType}, "steps": []Keys{}}
	for _, step := range steps {
		keys := Keys{}
		for n, part := range strings.SplitN(step, ":", 3) {
			keys[[]string{"state", "result", "message"}[n]] = part
		}
		script["steps"] = append(script["steps"].([]Keys), keys)
	}
	w.scripts = append(w.scripts, script)
	part, _ := json.Marshal(w.scripts)
	w.Control(http.MethodPut, "scenario", fmt.Sprintf("%s\nprogress: %s\n", w.scenario, part), nil)
	w.changed = false
}

// Advance advances the world's clock and runs everything that becomes due. It returns how many runs began.
func (w *World) Advance(by time.Duration) int {
	w.t.Helper()
	var outcome struct{ Ran int }
	w.Control(http.MethodPost, "clock/advance", Keys{"by": duration(by)}, &outcome)
	return outcome.Ran
}
