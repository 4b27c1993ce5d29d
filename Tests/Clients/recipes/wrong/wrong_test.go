package kfmock_test

import (
	"net/http"
	"os"
	"testing"

	"example.com/kfmock"
)

// Each of these must fail, but Right.

func TestMisspelt(t *testing.T) { kfmock.Start(t).Requests("GET", "/Agnts") }

func TestMisspeltRule(t *testing.T) { kfmock.Start(t).On("GET", "/Agnts").Refuse("unavailable") }

func TestNoEffect(t *testing.T) { kfmock.Start(t).On("GET", "/Agents") }

func TestNotMet(t *testing.T) {
	mock := kfmock.Start(t)
	if reply, err := mock.Client.Get(mock.URL + "/PamProviders"); err == nil {
		reply.Body.Close()
	}
	mock.Expect(kfmock.Keys{"requests": kfmock.Keys{"operation": "GET /Agents"}, "count": 1})
}

func TestShown(t *testing.T) {
	mock := kfmock.Start(t)
	mock.On("GET", "/Agents").Refuse("unavailable")
	if reply, err := mock.Client.Get(mock.URL + "/Agents"); err != nil || reply.StatusCode != http.StatusOK {
		t.Fail()
	}
}

func TestRight(t *testing.T) {
	mock := kfmock.Start(t)
	mock.On("GET", "/Agents").Does()
	mock.Expect(kfmock.Keys{"requests": kfmock.Keys{"operation": "GET /Agents"}, "count": 0})
	mock.Verify()
}

// Killed ends as a test does that somebody kills.
func TestKilled(t *testing.T) {
	kfmock.Start(t)
	process, err := os.FindProcess(os.Getpid())
	if err != nil || process.Kill() != nil {
		t.Fatal("it cannot be killed")
	}
	select {}
}

// Dies kills the server that was started for it.
func TestDies(t *testing.T) {
	mock := kfmock.Start(t)
	var info struct{ Pid int }
	mock.Control(http.MethodGet, "info", nil, &info)
	process, err := os.FindProcess(info.Pid)
	if err != nil || process.Kill() != nil {
		t.Fatal("it cannot be killed")
	}
	mock.Requests()
}
