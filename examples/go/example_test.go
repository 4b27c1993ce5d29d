package keyfactormock_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"example.com/keyfactormock"
)

func TestMain(m *testing.M) { keyfactormock.Main(m) }

// The client under test; in your project it is the code that you ship.

var errDown = errors.New("the server is down")

func ask(client *http.Client, method, address string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequest(method, address, bytes.NewReader(text))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Keyfactor-Requested-With", "APIClient")
	reply, err := client.Do(request)
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	content, err := io.ReadAll(reply.Body)
	switch {
	case err != nil:
		return err
	case reply.StatusCode == http.StatusServiceUnavailable:
		return errDown
	case reply.StatusCode/100 != 2:
		return fmt.Errorf("%s %s: %d %s", method, address, reply.StatusCode, content)
	}
	return json.Unmarshal(content, into)
}

// giveJob schedules a job on an agent and returns the job's id. It retries while the server is down.
func giveJob(client *http.Client, api, machine string) (string, error) {
	var agents []struct{ AgentId, ClientMachine string }
	if err := ask(client, http.MethodGet, api+"/Agents", nil, &agents); err != nil {
		return "", err
	}
	for _, agent := range agents {
		if agent.ClientMachine != machine {
			continue
		}
		body := map[string]any{
			"AgentId": agent.AgentId, "JobTypeName": "SampleCustomJobType", "JobFields": map[string]string{"ParamInt": "1"},
		}
		var job struct{ JobId string }
		var err error
		for attempt := 0; attempt < 3; attempt++ {
			if err = ask(client, http.MethodPost, api+"/OrchestratorJobs/Custom", body, &job); !errors.Is(err, errDown) {
				break
			}
		}
		return job.JobId, err
	}
	return "", fmt.Errorf("agent %s not found", machine)
}

// Its tests.

func TestTwoRefusalsAndThenOneJob(t *testing.T) {
	t.Parallel()
	mock := keyfactormock.New(t)
	mock.On("POST /OrchestratorJobs/Custom", keyfactormock.Times(2)).Refuse("unavailable")
	job, err := giveJob(mock.Client, mock.URL, "uo-1")
	if err != nil {
		t.Fatal(err)
	}
	sent := mock.Requests("POST /OrchestratorJobs/Custom")
	if len(sent) != 3 {
		t.Fatalf("requests = %d, want 3", len(sent))
	}
	for n, each := range sent {
		if each.Body != sent[0].Body || each.Header("X-Keyfactor-Requested-With") == "" {
			t.Errorf("attempt %d differs from the first", n+1)
		}
	}
	if jobs := mock.Jobs(); len(jobs) != 1 || jobs[0].ID != job {
		t.Errorf("jobs = %v, want %s alone", jobs, job)
	}
}

func TestALostAnswerMakesNoSecondJob(t *testing.T) {
	t.Parallel()
	mock := keyfactormock.New(t)
	mock.On("POST /OrchestratorJobs/Custom").Reset("reply")
	if _, err := giveJob(mock.Client, mock.URL, "uo-1"); err == nil {
		t.Fatal("got a response")
	}
	sent := mock.Requests("POST /OrchestratorJobs/Custom")
	if len(sent) != 1 || sent[0].Effect != "committed" {
		t.Errorf("requests = %+v, want one committed request", sent)
	}
	mock.Verify("[ { jobs: {}, count: 1 } ]")
}

func TestAJobOfTonightRunsTonight(t *testing.T) {
	t.Parallel()
	mock := keyfactormock.New(t)
	mock.Load(`
clock: { start: 2026-03-01T09:00:00Z, mode: frozen }
estate:
  jobs:
    - agent: uo-1
      jobType: SampleCustomJobType
      fields: { ParamInt: "1" }
      schedule: { ExactlyOnce: { Time: "2026-03-01T23:00:00Z" } }
`)
	if ran := mock.Advance(14*time.Hour - time.Second); ran != 0 {
		t.Errorf("%d runs before the scheduled time", ran)
	}
	if ran := mock.Advance(time.Second); ran != 1 {
		t.Errorf("%d runs at the scheduled time, want 1", ran)
	}
}
