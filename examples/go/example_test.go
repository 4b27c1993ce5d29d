package kfmock_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"example.com/kfmock"
)

// The client under test; in your project it is the code that you ship.

var errDown = errors.New("the server is down")

type object = map[string]any

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
		body := object{
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

// result is how the last run of a job ended: 0 while it is not over, 2 success, 4 failure.
func result(client *http.Client, api, job string) (int, error) {
	query := url.Values{"QueryString": {`JobId -eq "` + job + `"`}}
	var history []struct{ Result int }
	err := ask(client, http.MethodGet, api+"/OrchestratorJobs/JobHistory?"+query.Encode(), nil, &history)
	if err != nil || len(history) == 0 {
		return 0, err
	}
	return history[len(history)-1].Result, nil
}

// Its tests.

func TestAServerThatIsDownTwiceGetsOneJob(t *testing.T) {
	t.Parallel()
	mock := kfmock.Start(t)
	mock.On("POST", "/OrchestratorJobs/Custom", kfmock.Times(2)).Refuse("unavailable")
	job, err := giveJob(mock.Client, mock.URL, "uo-1")
	if err != nil {
		t.Fatal(err)
	}
	sent := mock.Requests("POST", "/OrchestratorJobs/Custom")
	if len(sent) != 3 {
		t.Fatalf("requests = %d, want 3", len(sent))
	}
	for n, status := range []int{503, 503, 200} {
		if sent[n].Status != status || sent[n].Body != sent[0].Body || sent[n].Header("X-Keyfactor-Requested-With") == "" {
			t.Errorf("attempt %d is %+v, want %d for the same request", n+1, sent[n], status)
		}
	}
	if jobs := mock.Jobs(); len(jobs) != 1 || jobs[0].ID != job {
		t.Errorf("jobs = %v, want %s alone", jobs, job)
	}
}

func TestALostReplyMakesNoSecondJob(t *testing.T) {
	t.Parallel()
	mock := kfmock.Start(t)
	mock.On("POST", "/OrchestratorJobs/Custom").Reset("reply")
	if _, err := giveJob(mock.Client, mock.URL, "uo-1"); err == nil {
		t.Fatal("got a response")
	}
	sent := mock.Requests("POST", "/OrchestratorJobs/Custom")
	if len(sent) != 1 || sent[0].Effect != "committed" {
		t.Errorf("requests = %+v, want one committed request", sent)
	}
	mock.Expect(kfmock.Keys{"jobs": kfmock.Keys{}, "count": 1})
}

func TestAJobFailsLater(t *testing.T) {
	t.Parallel()
	mock := kfmock.Start(t)
	mock.ScriptJob("SampleCustomJobType", "InProcess", "Completed:Failure:disk full")
	job, err := giveJob(mock.Client, mock.HTTPSURL, "uo-1")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{0, 4} {
		if got, err := result(mock.Client, mock.HTTPSURL, job); err != nil || got != want {
			t.Errorf("result = %d, %v, want %d", got, err, want)
		}
	}
	if over := mock.Jobs(true); len(over) != 1 || over[0].Message != "disk full" {
		t.Errorf("jobs that are over = %+v", over)
	}
}

func TestAJobOfTonightRunsTonight(t *testing.T) {
	t.Parallel()
	mock := kfmock.Start(t, `
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
