package kfmock;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A running keyfactor-mock and its control interface: found through the environment, or started. */
final class Server {
    /** There is no server to use; the message is one sentence. */
    static final class Unusable extends RuntimeException {
        Unusable(String message) {
            super(message, null, false, false);
        }
    }

    /** Says what exec has set, and ends when the tests end, even if they are killed. Then the server stops. */
    private static final String SCRIPT = "printf '%s\\n' \"$KFMOCK_HTTP_URL\" \"$KFMOCK_URL\" \"$KFMOCK_ADMIN_URL\""
        + " \"$KEYFACTOR_API_PATH\" \"$KEYFACTOR_CA_CERT\"; exec cat";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String NO_PROGRAM =
        "keyfactor-mock was not found: set KFMOCK_URL or KEYFACTOR_MOCK_BINARY, or add it to PATH.";
    private static Server shared;
    private static Unusable unusable;

    String http = variable("KFMOCK_HTTP_URL");
    String https = variable("KFMOCK_URL");
    String api = variable("KEYFACTOR_API_PATH");
    String ca = "";
    HttpClient client;
    private String admin = variable("KFMOCK_ADMIN_URL");
    private String caFile = variable("KEYFACTOR_CA_CERT");
    private Process process;

    /** The server of all tests of this process. */
    static synchronized Server shared() {
        if (unusable != null) {
            throw unusable;
        }
        try {
            shared = shared == null ? new Server() : shared;
            return shared;
        } catch (Unusable reason) {
            unusable = reason;
            throw reason;
        }
    }

    private Server() {
        if (base().isEmpty()) {
            start();
        }
        admin = admin.isEmpty() ? base() + "/_mock" : admin;
        api = "/" + (api.isEmpty() ? "KeyfactorAPI" : api).replaceAll("^/+|/+$", "");
        client = client();
        try {
            if (!caFile.isEmpty()) {
                ca = Files.readString(Path.of(caFile));
            } else if (!http.isEmpty() && !https.isEmpty()) {
                ca = control("GET", "ca.pem", null);
            }
        } catch (IOException reason) {
            throw new Unusable("The CA file " + caFile + ", which KEYFACTOR_CA_CERT names, cannot be read (" + reason + ").");
        }
        client = client();
    }

    /** Where a client goes that has no preference. */
    String base() {
        return http.isEmpty() ? https : http;
    }

    private static String variable(String name) {
        return System.getenv().getOrDefault(name, "");
    }

    /** Starts KEYFACTOR_MOCK_BINARY, or keyfactor-mock in PATH, on free ports. */
    private void start() {
        String named = variable("KEYFACTOR_MOCK_BINARY");
        String binary = named.isEmpty() ? "keyfactor-mock" : named;
        try {
            Path log = Files.createTempFile("keyfactor-mock", ".log");
            try {
                process = new ProcessBuilder(binary, "exec", "--http-port", "0", "--https-port", "0", "--", "sh", "-c", SCRIPT)
                    .redirectError(log.toFile()).start();
                BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
                http = lines.readLine();
                https = lines.readLine();
                admin = lines.readLine();
                api = lines.readLine();
                caFile = lines.readLine();
                if (caFile == null) {
                    process.waitFor();
                    throw new Unusable(binary + " did not start: " + Files.readString(log).strip().replaceAll("\\s+", " "));
                }
            } finally {
                Files.delete(log);
            }
        } catch (IOException reason) {
            throw new Unusable(named.isEmpty() ? NO_PROGRAM : binary + " cannot be run (" + reason.getMessage() + ").");
        } catch (InterruptedException reason) {
            throw new Unusable("The wait for " + binary + " was interrupted.");
        }
    }

    /** A client with its own connections, which trusts the server's CA, or without one the system's, and uses no proxy. */
    private HttpClient client() {
        HttpClient.Builder builder = HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).connectTimeout(PATIENCE);
        if (ca.isEmpty()) {
            return builder.build();
        }
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            byte[] text = ca.getBytes(StandardCharsets.US_ASCII);
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(text))) {
                trusted.setCertificateEntry("mock-" + trusted.size(), each);
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return builder.sslContext(context).build();
        } catch (GeneralSecurityException | IOException reason) {
            throw new Unusable("The CA file " + caFile + ", which KEYFACTOR_CA_CERT names, cannot be used (" + reason.getMessage() + ").");
        }
    }

    /** Sends a request to the control interface. A body that is a string is sent as it is, YAML or JSON, anything else as JSON. */
    String control(String method, String page, Object body) {
        String text = body == null ? "" : body instanceof String string ? string : Json.write(body);
        Duration patience = page.contains("/await") ? PATIENCE.plusMinutes(10) : PATIENCE;
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(admin + "/" + page)).timeout(patience)
            .method(method, text.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(text));
        String token = variable("KEYFACTOR_MOCK_ADMIN_TOKEN");
        if (!token.isEmpty()) {
            request.header("X-Mock-Token", token);
        }
        try {
            var reply = client.send(request.build(), BodyHandlers.ofString());
            if (reply.statusCode() == 401) {
                throw new Unusable("keyfactor-mock at " + admin
                    + " only obeys who knows its --admin-token, expected in KEYFACTOR_MOCK_ADMIN_TOKEN.");
            }
            if (reply.statusCode() / 100 != 2) {
                boolean explained = reply.body().startsWith("{\"error\"");
                Object why = explained ? ((Map<?, ?>) Json.read(reply.body())).get("error") : reply.body();
                throw new World.Refused(method + " " + admin + "/" + page + ": " + reply.statusCode() + " " + why);
            }
            return reply.body();
        } catch (IOException reason) {
            throw new Unusable(absence(reason));
        } catch (InterruptedException reason) {
            throw new Unusable("The wait for keyfactor-mock at " + admin + " was interrupted.");
        }
    }

    /** Why there is no reply, in a sentence. */
    private String absence(IOException reason) {
        try {
            if (process != null && process.waitFor(1, TimeUnit.SECONDS)) {
                return "The keyfactor-mock that was started for the tests has ended, with exit code " + process.exitValue() + ".";
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return "No keyfactor-mock answers at " + admin + " (" + (reason instanceof ConnectException ? "connection refused" : reason) + ").";
    }
}
