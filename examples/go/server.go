package kfmock

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
	"sync"
	"time"
)

// patience is how long a server may take to start, and to answer a request that does not wait.
const patience = 30 * time.Second

// server is a running keyfactor-mock.
type server struct {
	http, https, admin, api, ca string // URLs without a slash at the end; api begins with one; ca is in PEM
	caFile                      string
	client                      *http.Client  // for the control interface
	ended                       chan struct{} // closed when the process of a server of our own has ended
	process                     *exec.Cmd
}

// The server of all tests of this process, or why there is none.
var (
	once     sync.Once
	shared   *server
	unusable error
)

// find returns the server that the environment names, as exec sets it, or else starts one.
func find() (*server, error) {
	s := &server{}
	s.http, s.https, s.admin = os.Getenv("KFMOCK_HTTP_URL"), os.Getenv("KFMOCK_URL"), os.Getenv("KFMOCK_ADMIN_URL")
	s.api, s.caFile = os.Getenv("KEYFACTOR_API_PATH"), os.Getenv("KEYFACTOR_CA_CERT")
	if s.base() == "" {
		if err := s.start(); err != nil {
			return nil, err
		}
	}
	if s.admin == "" {
		s.admin = s.base() + "/_mock"
	}
	if s.api == "" {
		s.api = "KeyfactorAPI"
	}
	s.api = "/" + strings.Trim(s.api, "/")
	return s, s.trust()
}

// base is where a client goes that has no preference.
func (s *server) base() string {
	if s.http != "" {
		return s.http
	}
	return s.https
}

// script says what exec has set, and ends when the tests end, even by SIGKILL. Then the server stops.
const script = `printf '%s\n' "$KFMOCK_HTTP_URL" "$KFMOCK_URL" "$KFMOCK_ADMIN_URL" "$KEYFACTOR_API_PATH" "$KEYFACTOR_CA_CERT"; exec cat`

// start starts KEYFACTOR_MOCK_BINARY, or keyfactor-mock in PATH, on free ports.
func (s *server) start() error {
	binary := os.Getenv("KEYFACTOR_MOCK_BINARY")
	if binary == "" {
		found, err := exec.LookPath("keyfactor-mock")
		if err != nil {
			return errors.New("keyfactor-mock was not found: set KFMOCK_URL or KEYFACTOR_MOCK_BINARY, or add it to PATH")
		}
		binary = found
	}
	var log bytes.Buffer
	s.process, s.ended = exec.Command(binary, "exec", "--http-port", "0", "--https-port", "0", "--", "sh", "-c", script), make(chan struct{})
	s.process.Stderr = &log
	output, err := s.process.StdoutPipe()
	if err != nil {
		return err
	}
	if _, err := s.process.StdinPipe(); err != nil {
		return err
	}
	if err := s.process.Start(); err != nil {
		return fmt.Errorf("%s cannot be run: %w", binary, err)
	}
	late := time.AfterFunc(patience, func() { _ = s.process.Process.Kill() })
	lines := bufio.NewScanner(output)
	for _, into := range []*string{&s.http, &s.https, &s.admin, &s.api, &s.caFile} {
		if !lines.Scan() {
			_ = s.process.Wait()
			return fmt.Errorf("%s did not start: %s", binary, strings.Join(strings.Fields(log.String()), " "))
		}
		*into = lines.Text()
	}
	late.Stop()
	go func() { _ = s.process.Wait(); close(s.ended) }()
	return nil
}

// trust reads the CA from its file, or downloads it from the server.
func (s *server) trust() error {
	s.client = s.newClient()
	if s.caFile != "" {
		text, err := os.ReadFile(s.caFile)
		if err != nil {
			return fmt.Errorf("the CA file %s, which KEYFACTOR_CA_CERT names, cannot be read: %w", s.caFile, err)
		}
		s.ca = string(text)
	} else if s.http != "" && s.https != "" {
		if err := s.control(http.MethodGet, "ca.pem", nil, &s.ca); err != nil {
			return err
		}
	}
	if s.ca != "" && !x509.NewCertPool().AppendCertsFromPEM([]byte(s.ca)) {
		return fmt.Errorf("the CA file %s, which KEYFACTOR_CA_CERT names, has no certificate", s.caFile)
	}
	s.client = s.newClient()
	return nil
}

// newClient makes a client with its own connections, which trusts the server's CA, or without one the system's, and uses no proxy.
func (s *server) newClient() *http.Client {
	trust := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.ca != "" {
		trust.RootCAs = x509.NewCertPool()
		trust.RootCAs.AppendCertsFromPEM([]byte(s.ca))
	}
	return &http.Client{Timeout: patience, Transport: &http.Transport{TLSClientConfig: trust}}
}

// control sends a request to the control interface; World.Control says how.
func (s *server) control(method, page string, body, into any) error {
	text, isText := body.(string)
	if !isText && body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return err
		}
		text = string(data)
	}
	request, err := http.NewRequest(method, s.admin+"/"+page, strings.NewReader(text))
	if err != nil {
		return err
	}
	if token := os.Getenv("KEYFACTOR_MOCK_ADMIN_TOKEN"); token != "" {
		request.Header.Set("X-Mock-Token", token)
	}
	client := *s.client
	if strings.Contains(page, "/await") {
		client.Timeout += 10 * time.Minute // which is how long one may take
	}
	reply, err := client.Do(request)
	if err != nil {
		return s.absence(err)
	}
	defer reply.Body.Close()
	content, err := io.ReadAll(reply.Body)
	if err != nil {
		return s.absence(err)
	}
	if reply.StatusCode == http.StatusUnauthorized {
		return fmt.Errorf("keyfactor-mock at %s only obeys who knows its --admin-token, expected in KEYFACTOR_MOCK_ADMIN_TOKEN", s.admin)
	}
	if reply.StatusCode/100 != 2 {
		var why struct{ Error string }
		if json.Unmarshal(content, &why) == nil && why.Error != "" {
			content = []byte(why.Error)
		}
		return fmt.Errorf("%s %s/%s: %d %s", method, s.admin, page, reply.StatusCode, content)
	}
	if text, isText := into.(*string); isText {
		*text = string(content)
		return nil
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(content, into)
}

// absence says why there is no reply, in a sentence.
func (s *server) absence(reason error) error {
	if s.ended != nil {
		select {
		case <-s.ended:
			return fmt.Errorf("the keyfactor-mock that was started for the tests has ended: %s", s.process.ProcessState)
		case <-time.After(time.Second):
		}
	}
	return fmt.Errorf("no keyfactor-mock answers at %s: %w", s.admin, reason)
}
