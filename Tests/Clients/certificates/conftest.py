"""What the tests of certificates share: a world of each test's own, and keys and requests made by openssl."""

import base64
import subprocess

import pytest

PASSWORD = "a long enough password"
STORE = "2162f005-083e-4995-9519-60b656b06a45"
CA = "ca.example\\Sub-CA"


def openssl(*arguments, text=None, folder=None):
    """Runs openssl and returns what it prints; anything but success fails the test."""
    done = subprocess.run(["openssl", *arguments], input=text, cwd=folder, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def pfx(ask, version="2", **more):
    body = {"Subject": "CN=b.example.org", "Template": "WebServer-1y", "CertificateAuthority": CA, "Password": "x", **more}
    return ask("POST", "/Enrollment/PFX", body, x_certificateformat="PFX", x_keyfactor_api_version=version)


@pytest.fixture
def api(mock, request):
    """Asks in a world of the test's own: api("POST", path, body, status=200, format="PFX", version="2")."""
    name = "c" + format(abs(hash(request.node.nodeid)), "x")

    def ask(method, path, body=None, status=200, format=None, version=None, whole=False, **headers):
        headers["X-Mock-World"] = name
        if format:
            headers["x-certificateformat"] = format
        if version:
            headers["x-keyfactor-api-version"] = version
        prefix = "" if path.startswith(("/_mock", "/crl")) else "/KeyfactorAPI"
        reply = mock.ask(method, prefix + path, body, headers)
        assert reply.status == status, (reply.status, reply.body[:500])
        return reply if whole else reply.json if reply.body else None

    ask.world = name
    return ask


@pytest.fixture
def csr(tmp_path):
    """Makes a request for signing with a new key: csr("rsa:2048", "/CN=a.example.com", "DNS:a.example.com")."""

    def make(key="rsa:2048", subject="/CN=csr.example.com", names="DNS:csr.example.com"):
        options = {"rsa": ["-newkey", key]}.get(key.split(":")[0])
        if options is None:
            algorithm, _, parameters = key.partition(":")
            more = ["-pkeyopt", f"ec_paramgen_curve:{parameters}"] if parameters else []
            openssl("genpkey", "-algorithm", algorithm, *more, "-out", "key.pem", folder=tmp_path)
            options = ["-key", "key.pem"]
        else:
            options += ["-nodes", "-keyout", "key.pem"]
        extension = ["-addext", f"subjectAltName={names}"] if names else []
        openssl("req", "-new", *options, "-subj", subject, *extension, "-out", "request.pem", folder=tmp_path)
        return (tmp_path / "request.pem").read_text()

    return make


@pytest.fixture
def enroll(api):
    """Enrolls with a key that the server makes, and returns what the answer says of the certificate."""

    def make(subject="CN=app.example.org,O=Example", status=200, format="PFX", version="2", **more):
        body = {"Subject": subject, "Template": "WebServer-1y", "CertificateAuthority": "Sub-CA", "Password": PASSWORD,
                "IncludeChain": True, "Timestamp": "2026-11-27T00:00:00Z", **more}
        answer = api("POST", "/Enrollment/PFX", body, status, format, version)
        return answer["CertificateInformation"] if status == 200 else answer

    return make


@pytest.fixture
def opened(tmp_path):
    """Opens a PKCS#12 file with openssl and returns everything in it as PEM."""

    def read(blob, password=PASSWORD):
        (tmp_path / "file.p12").write_bytes(base64.b64decode(blob))
        return openssl("pkcs12", "-in", "file.p12", "-passin", f"pass:{password}", "-nodes", folder=tmp_path)

    return read


@pytest.fixture
def anywhere(mock, request):
    """Asks in a world of the test's own that begins with a scenario."""
    world = "b" + format(abs(hash(request.node.nodeid)), "x")

    def start(scenario=""):
        if scenario:
            assert mock.ask("PUT", "/_mock/scenario", scenario, {"X-Mock-World": world}).status == 200

        def ask(method, path, body=None, **headers):
            headers = {name.replace("_", "-"): value for name, value in headers.items()} | {"X-Mock-World": world}
            prefix = "" if path.startswith(("/_mock", "/crl")) else "/KeyfactorAPI"
            return mock.ask(method, prefix + path, body, headers)

        return ask

    return start
