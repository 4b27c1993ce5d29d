"""Below `exec` every usual client finds the mock and trusts it, whatever proxies and trust stores its user has set."""

import os
import shutil
import subprocess
import sys

import pytest

from support.mock import BINARY, PATIENCE, SANITIZER

PYTHON = f"{sys.executable} -c"
NODE = "node -e"
CLIENTS = {
    "curl": 'curl -fsS "$KFMOCK_URL/_mock/livez"',
    "wget": 'wget -qO- "$KFMOCK_URL/_mock/livez"',
    # There is no repository; what it says is that it was asked, over a connection that it trusts.
    "git": 'git ls-remote "$KFMOCK_URL/nothing.git" 2>&1 | grep -q "not found" && echo alive',
    "urllib": PYTHON + ' "import os, urllib.request as r; print(r.urlopen(os.environ[\'KFMOCK_URL\'] + \'/_mock/livez\').read().decode())"',
    "requests": PYTHON + ' "import os, requests; print(requests.get(os.environ[\'KFMOCK_URL\'] + \'/_mock/livez\').text)"',
    "httpx": PYTHON + ' "import os, httpx; print(httpx.get(os.environ[\'KFMOCK_URL\'] + \'/_mock/livez\').text)"',
    "node fetch": NODE + ' "fetch(process.env.KFMOCK_URL + \'/_mock/livez\').then(r => r.text()).then(t => console.log(t))"',
    "node https": NODE + ' "require(\'https\').get(process.env.KFMOCK_URL + \'/_mock/livez\', r => r.pipe(process.stdout))"',
    "ruby": 'ruby -e "require \'open-uri\'; puts URI.open(ENV[\'KFMOCK_URL\'] + \'/_mock/livez\').read"',
    "php": 'php -r "echo file_get_contents(getenv(\'KFMOCK_URL\') . \'/_mock/livez\');"',
    "openssl": 'openssl s_client -verify_return_error -connect "$KEYFACTOR_HOSTNAME" </dev/null >/dev/null 2>&1 && echo alive',
}
NOWHERE = "http://127.0.0.1:9"
SURROUNDINGS = {
    "bare": {},
    "HTTPS_PROXY": {"HTTPS_PROXY": NOWHERE, "HTTP_PROXY": NOWHERE},
    "lower case": {"https_proxy": NOWHERE, "http_proxy": NOWHERE},
    "ALL_PROXY": {"ALL_PROXY": NOWHERE, "all_proxy": NOWHERE},
    "a NO_PROXY of others": {"HTTPS_PROXY": NOWHERE, "https_proxy": NOWHERE, "NO_PROXY": "example.com", "no_proxy": ".test"},
    "Node's proxies": {"NODE_USE_ENV_PROXY": "1", "HTTPS_PROXY": NOWHERE},
    "other roots": dict.fromkeys(
        ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "GIT_SSL_CAINFO", "NODE_EXTRA_CA_CERTS"], "/etc/ssl/cert.pem"),
    "a folder of roots": {"SSL_CERT_DIR": "/etc/ssl/certs"},
    "a folder that is empty": {"SSL_CERT_DIR": "/nowhere"},
}


def run(script, variables, *options):
    environment = {"PATH": os.environ["PATH"], "HOME": "/nowhere", **SANITIZER, **variables}
    return subprocess.run(
        [BINARY, "exec", *options, "--", "sh", "-c", script], env=environment, capture_output=True, text=True, timeout=2 * PATIENCE)


@pytest.mark.parametrize("variables", SURROUNDINGS.values(), ids=SURROUNDINGS)
@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_reaches_and_trusts_the_mock(client, variables):
    script = CLIENTS[client]
    program = script.split()[0]
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    if client == "httpx":
        pytest.importorskip("httpx")
    ended = run(script, variables)
    assert (ended.returncode, ended.stdout.strip()) == (0, "alive"), ended.stderr


def test_settings_for_wget_are_kept(tmp_path):
    if not shutil.which("wget"):
        pytest.skip("wget is not installed")
    file = tmp_path / "wgetrc"
    file.write_text("user_agent = kept-by-me")
    script = 'wget -qO- "$KFMOCK_URL/KeyfactorAPI/Agents" >/dev/null; curl -fsS "$KFMOCK_ADMIN_URL/journal"'
    for variables in [{"WGETRC": str(file)}, {"HOME": str(tmp_path)}]:
        if "HOME" in variables:
            file.rename(tmp_path / ".wgetrc")
        assert "kept-by-me" in run(script, variables).stdout


def test_the_address_that_is_served_needs_no_proxy_either():
    script = 'curl -fsS "$KFMOCK_URL/_mock/livez"; echo "$NO_PROXY $no_proxy"'
    ended = run(script, {"HTTPS_PROXY": NOWHERE, "NO_PROXY": "a.test"}, "--host", "127.0.0.2", "--tls-name", "127.0.0.2")
    assert ended.stdout.splitlines() == ["alive", " ".join(["a.test,localhost,127.0.0.1,::1,127.0.0.2"] * 2)], ended.stderr


def test_a_proxy_that_cannot_be_gone_around_is_named():
    variables = {"JAVA_TOOL_OPTIONS": "-Dhttps.proxyHost=p -Dhttp.nonProxyHosts=x", "GLOBAL_AGENT_HTTPS_PROXY": NOWHERE}
    errors = run("true", variables).stderr
    assert "JAVA_TOOL_OPTIONS sets a proxy" in errors and "GLOBAL_AGENT_HTTPS_PROXY sets a proxy" in errors


def test_java_trusts_the_mock_with_the_trust_store_of_the_recipe(tmp_path):
    if not shutil.which("keytool") or not shutil.which("java"):
        pytest.skip("Java is not installed")
    (tmp_path / "Ask.java").write_text("""
        import java.net.URI;
        import java.net.http.*;
        class Ask {
            public static void main(String[] arguments) throws Exception {
                var request = HttpRequest.newBuilder(URI.create(System.getenv("KFMOCK_URL") + "/_mock/livez")).build();
                System.out.println(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());
            }
        }""")
    script = f"""
        keytool -importcert -noprompt -alias mock -file "$KEYFACTOR_CA_CERT" -keystore "$KFMOCK_EXEC/trust.p12" -storepass changeit 2>&1
        java -Djavax.net.ssl.trustStore="$KFMOCK_EXEC/trust.p12" -Djavax.net.ssl.trustStorePassword=changeit {tmp_path}/Ask.java"""
    ended = run(script, {"HTTPS_PROXY": NOWHERE})
    if "compiler" in ended.stderr:
        pytest.skip("this Java has no compiler")
    assert ended.stdout.split()[-1] == "alive", ended.stderr
