package kfmock;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test of a Keyfactor Command client a world of its own on a keyfactor-mock server: {@code @ExtendWith(KeyfactorMock.class)}
 * on the class, and a parameter of type {@link World} of the test, of {@code @BeforeEach}, or of both. README.md says which server.
 */
public final class KeyfactorMock implements ParameterResolver, AfterTestExecutionCallback {
    private static final ExtensionContext.Namespace OURS = ExtensionContext.Namespace.create(KeyfactorMock.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return parameter.getParameter().getType() == World.class && test.getTestMethod().isPresent();
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        try {
            return test.getStore(OURS).getOrComputeIfAbsent("world", key -> new World(Server.shared(), name(test)));
        } catch (Server.Unusable | World.Refused reason) {
            ParameterResolutionException said = new ParameterResolutionException(reason.getMessage());
            said.setStackTrace(new StackTraceElement[0]);
            throw said;
        }
    }

    /** Judges what the test expected as a part of it, and shows what happened in the world of a test that failed. */
    @Override
    public void afterTestExecution(ExtensionContext test) {
        World world = test.getStore(OURS).get("world", World.class);
        if (world == null) {
            return;
        }
        boolean failed = test.getExecutionException().isPresent();
        try {
            if (!failed) {
                world.finish();
            }
        } catch (AssertionError | World.Refused | Server.Unusable failure) {
            failed = true;
            throw failure;
        } finally {
            if (failed) {
                System.err.println("keyfactor-mock, world " + world.name + "\n" + happened(world));
            }
        }
    }

    private static String happened(World world) {
        try {
            return world.summary();
        } catch (World.Refused | Server.Unusable reason) {
            return reason.getMessage();
        }
    }

    /** Worlds are named after their tests, so that random values are the same in every run. */
    private static String name(ExtensionContext test) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(test.getUniqueId().getBytes(StandardCharsets.UTF_8));
            String readable = test.getRequiredTestMethod().getName().replaceAll("[^A-Za-z0-9._-]+", "-");
            return readable.substring(0, Math.min(48, readable.length())) + "-" + HexFormat.of().formatHex(digest, 0, 4);
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
