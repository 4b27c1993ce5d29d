// Package keyfactormock gives each test of a Keyfactor Command client its own world on a keyfactor-mock server.
//
// It uses the server that KFMOCK_HTTP_URL, KFMOCK_URL and KFMOCK_ADMIN_URL name, which
// "keyfactor-mock exec -- go test ./..." sets. Without these variables, Main starts KEYFACTOR_MOCK_BINARY, or
// keyfactor-mock in PATH, and stops it after the tests. The package only needs the standard library.
package keyfactormock

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// server is a running keyfactor-mock.
type server struct {
	http, https, admin string // URLs without a trailing slash; admin ends with /_mock
	apiPath            string // begins with a slash
	roots              *x509.CertPool
	client             *http.Client // for the control interface
}

// current is the server that Main has found or started.
var current *server

// Main must be called by TestMain: it finds or starts the server, runs the tests, stops a server it started, and exits.
func Main(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "keyfactormock:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	found, stop, err := find()
	if err != nil {
		return 1, err
	}
	defer stop()
	current = found
	return m.Run(), nil
}

// find returns the server that the environment names, or starts one.
func find() (*server, func(), error) {
	apiPath := "/" + strings.Trim(fallback(os.Getenv("KEYFACTOR_API_PATH"), "KeyfactorAPI"), "/")
	plain, secure := os.Getenv("KFMOCK_HTTP_URL"), os.Getenv("KFMOCK_URL")
	if plain == "" && secure == "" {
		return start(apiPath)
	}
	s := &server{http: plain, https: secure, apiPath: apiPath}
	s.admin = fallback(os.Getenv("KFMOCK_ADMIN_URL"), fallback(plain, secure)+"/_mock")
	if err := s.trust(os.Getenv("KEYFACTOR_CA_CERT")); err != nil {
		return nil, nil, err
	}
	return s, func() {}, nil
}

// start starts a server on free ports; the returned function stops it.
func start(apiPath string) (*server, func(), error) {
	binary := os.Getenv("KEYFACTOR_MOCK_BINARY")
	if binary == "" {
		path, err := exec.LookPath("keyfactor-mock")
		if err != nil {
			return nil, nil, errors.New("keyfactor-mock was not found: set KFMOCK_URL or KEYFACTOR_MOCK_BINARY, or add it to PATH")
		}
		binary = path
	}
	command := exec.Command(binary, "serve", "--http-port", "0", "--https-port", "0", "--log-level", "warning")
	command.Stderr = os.Stderr
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := command.Start(); err != nil {
		return nil, nil, err
	}
	stop := func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		_ = command.Wait()
	}
	// The server prints one line when it listens. If it exits before that, reading fails.
	line, err := bufio.NewReader(output).ReadBytes('\n')
	if err != nil {
		stop()
		return nil, nil, fmt.Errorf("%s did not start: %w", binary, err)
	}
	var ready struct{ HTTP, HTTPS int }
	if err := json.Unmarshal(line, &ready); err != nil {
		stop()
		return nil, nil, fmt.Errorf("%s printed %q: %w", binary, line, err)
	}
	s := &server{
		http:    fmt.Sprintf("http://localhost:%d", ready.HTTP),
		https:   fmt.Sprintf("https://localhost:%d", ready.HTTPS),
		apiPath: apiPath,
	}
	s.admin = s.http + "/_mock"
	if err := s.trust(""); err != nil {
		stop()
		return nil, nil, err
	}
	return s, stop, nil
}

// trust reads the CA from a file, or downloads it from the server.
func (s *server) trust(file string) error {
	s.roots = x509.NewCertPool()
	s.client = s.newClient()
	var authority []byte
	if file != "" {
		read, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		authority = read
	} else if s.https != "" {
		var text string
		if err := s.control(http.MethodGet, "ca.pem", nil, &text); err != nil {
			return err
		}
		authority = []byte(text)
	}
	if authority != nil && !s.roots.AppendCertsFromPEM(authority) {
		return errors.New("the CA file contains no certificate")
	}
	return nil
}

// newClient makes a client with its own connections that trusts the server's CA and uses no proxy.
func (s *server) newClient() *http.Client {
	return &http.Client{
		Timeout: 30 * time.Second,
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: s.roots, MinVersion: tls.VersionTLS12},
		},
	}
}

// control sends a request to the control interface. A body that is a string is sent unchanged, as YAML or JSON, and
// anything else as JSON. The response is stored in the value that into points to: as text if it is a string, else from JSON.
func (s *server) control(method, page string, body, into any) error {
	var data io.Reader
	switch body := body.(type) {
	case nil:
	case string:
		data = strings.NewReader(body)
	default:
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		data = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, s.admin+"/"+page, data)
	if err != nil {
		return err
	}
	if token := os.Getenv("KEYFACTOR_MOCK_ADMIN_TOKEN"); token != "" {
		request.Header.Set("X-Mock-Token", token)
	}
	reply, err := s.client.Do(request)
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	content, err := io.ReadAll(reply.Body)
	if err != nil {
		return err
	}
	if reply.StatusCode/100 != 2 {
		var why struct{ Error string }
		if json.Unmarshal(content, &why) == nil && why.Error != "" {
			content = []byte(why.Error)
		}
		return &refusal{reply.StatusCode, fmt.Sprintf("%s /_mock/%s: %d %s", method, page, reply.StatusCode, content)}
	}
	switch into := into.(type) {
	case nil:
		return nil
	case *string:
		*into = string(content)
		return nil
	default:
		return json.Unmarshal(content, into)
	}
}

// refusal is an error response of the control interface.
type refusal struct {
	status  int
	message string
}

func (r *refusal) Error() string { return r.message }

func fallback(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
