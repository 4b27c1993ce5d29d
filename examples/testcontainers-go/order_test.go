package order

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
)

// The client under test; in your project it is the code that you ship.

var errDown = errors.New("Command is down")

func ask(method, address string, body, into any) error {
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
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	switch reply.StatusCode {
	case http.StatusOK:
		return json.NewDecoder(reply.Body).Decode(into)
	case http.StatusServiceUnavailable:
		return errDown
	default:
		return fmt.Errorf("%s %s: %s", method, address, reply.Status)
	}
}

func order(api string) (string, error) {
	var agents []struct{ AgentId, ClientMachine string }
	if err := ask(http.MethodGet, api+"/Agents", nil, &agents); err != nil {
		return "", err
	}
	for _, agent := range agents {
		if agent.ClientMachine == "uo-1" {
			var job struct{ JobId string }
			fields := map[string]string{"ParamInt": "3"}
			body := map[string]any{"AgentId": agent.AgentId, "JobTypeName": "SampleCustomJobType", "JobFields": fields}
			err := ask(http.MethodPost, api+"/OrchestratorJobs/Custom", body, &job)
			return job.JobId, err
		}
	}
	return "", errors.New("agent uo-1 not found")
}

// Its test.

func TestARefusedJobIsScheduledAgain(t *testing.T) {
	mock := startMock(t)
	if _, err := order(mock + "/KeyfactorAPI"); !errors.Is(err, errDown) {
		t.Fatalf("first attempt: %v, want %v", err, errDown)
	}
	wanted, err := order(mock + "/KeyfactorAPI")
	if err != nil {
		t.Fatal(err)
	}
	var jobs []struct{ ID string }
	if err := ask(http.MethodGet, mock+"/_mock/jobs", nil, &jobs); err != nil {
		t.Fatal(err)
	}
	if len(jobs) != 1 || jobs[0].ID != wanted {
		t.Fatalf("jobs = %v, want only %s", jobs, wanted)
	}
}
