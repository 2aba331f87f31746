package io.reflux.app.teacher;

import io.reflux.app.console.OptionRange;
import io.reflux.proto.credentials.TlsFiles;
import io.reflux.teacher.access.AccessConfig;
import io.reflux.teacher.access.ClientLimits;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of a teacher that say who may call. Secrets come in files only: a process listing shows every argument. */
final class AccessOptions {
    private static final int MIB = 1 << 20;

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "Own certificate, then those up to its authority, in PEM; read again when the file changes.")
    private @Nullable Path cert;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description = "Private key of the certificate, in PEM, PKCS #8 without a password.")
    private @Nullable Path key;

    @Option(
            names = "--tls-client-ca",
            paramLabel = "FILE",
            description = "Authorities, in PEM: take only students with a certificate of one of them.")
    private @Nullable Path clientCa;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "Bearer tokens, one a line: take only students that show one; read again when the file changes.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--reflection",
            negatable = true,
            fallbackValue = "true",
            description = "Let callers list the services; without the option only where there is no TLS.")
    private @Nullable Boolean reflection;

    @Option(
            names = "--client-streams",
            paramLabel = "N",
            defaultValue = "128",
            description =
                    "Most calls at a time of one client: of one token, or one address (default: ${DEFAULT-VALUE}).")
    private int streams = ClientLimits.DEFAULT.maxStreams();

    @Option(
            names = "--client-mib",
            paramLabel = "MIB",
            defaultValue = "128",
            description = "Most memory of one client's unanswered batches (default: ${DEFAULT-VALUE}).")
    private int mebibytes = (int) (ClientLimits.DEFAULT.maxInFlightBytes() / MIB);

    @Option(
            names = "--client-rate",
            paramLabel = "N",
            defaultValue = "20000",
            description = "Most calls and batches a second of one client (default: ${DEFAULT-VALUE}).")
    private int rate = ClientLimits.DEFAULT.maxRequestsPerSecond();

    /** @throws IllegalArgumentException if options clash or are out of range */
    AccessConfig config() {
        if ((cert == null) != (key == null)) {
            throw new IllegalArgumentException(
                    cert == null
                            ? "--tls-cert: absent (expected: a file, since --tls-key is given)"
                            : "--tls-key: absent (expected: a file, since --tls-cert is given)");
        }
        if (clientCa != null && cert == null) {
            throw new IllegalArgumentException(
                    "--tls-cert: absent (expected: the teacher's certificate, since --tls-client-ca is given)");
        }
        OptionRange.require("--client-streams", streams, 1, Integer.MAX_VALUE);
        OptionRange.require("--client-mib", mebibytes, 1, Integer.MAX_VALUE);
        OptionRange.require("--client-rate", rate, 1, Integer.MAX_VALUE);
        boolean tls = cert != null || key != null || clientCa != null;
        return AccessConfig.OPEN
                .withTls(tls ? new TlsFiles(cert, key, clientCa) : null)
                .withTokenFile(tokenFile)
                .withReflection(reflection)
                .withLimits(new ClientLimits(streams, (long) mebibytes * MIB, rate));
    }
}
