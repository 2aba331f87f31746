package io.reflux.teacher.server;

import io.reflux.proto.credentials.TlsFiles;
import io.reflux.proto.credentials.TlsMaterial;
import io.reflux.proto.credentials.Tokens;
import io.reflux.proto.credentials.Watched;
import io.reflux.teacher.access.AccessConfig;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The certificates and tokens of the port, as the files hold them now. */
final class Credentials {

    private static final Logger LOG = LoggerFactory.getLogger(Credentials.class);

    private final @Nullable Watched<TlsMaterial> tls;
    private final @Nullable Watched<Tokens> tokens;

    /**
     * Reads the files, and from now on again and again. Blocks.
     *
     * @param renewed told of changed certificates
     * @throws io.reflux.proto.credentials.CredentialsException if a file cannot be used
     */
    Credentials(Vertx vertx, TeacherConfig config, Consumer<TlsMaterial> renewed) {
        AccessConfig access = config.access();
        TlsFiles files = access.tls();
        Path tokenFile = access.tokenFile();
        tls = files == null
                ? null
                : new Watched<>(
                        vertx,
                        () -> files.read(Instant.now()),
                        renewed,
                        e -> LOG.warn("{}; the certificates read before stay in use", e.getMessage()));
        tokens = tokenFile == null
                ? null
                : new Watched<>(
                        vertx,
                        () -> Tokens.read(tokenFile),
                        now -> LOG.info("{}: changed, {} tokens", tokenFile, now.size()),
                        e -> LOG.warn("{}; the tokens read before still count", e.getMessage()));
        if (tls != null) {
            tls.every(access.reload());
        }
        if (tokens != null) {
            tokens.every(access.reload());
        }
        if (tokens != null && tls == null && !loopback(config.host())) {
            LOG.warn(
                    "tokens are sent in clear text to {}: whoever reads along can use them (expected: --tls-cert and"
                            + " --tls-key)",
                    config.host());
        }
    }

    /** The certificates now; null in clear text. */
    @Nullable
    TlsMaterial tls() {
        return tls == null ? null : tls.value();
    }

    /** Asked for the tokens of each call; null where none is needed. */
    @Nullable
    Supplier<Tokens> tokens() {
        return tokens == null ? null : tokens::value;
    }

    private static boolean loopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            // Listening will say so.
            return false;
        }
    }
}
