package io.reflux.student.run;

import io.reflux.student.progress.TerminalStyle;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a run is told besides its recipe.
 *
 * @param dataDir folder of the data sets, used where the recipe names none; or null
 * @param resume whether to go on from the checkpoint in the export folder, if there is one
 * @param metricsHost address that the metrics port listens on
 * @param metricsPort port for /metrics, /healthz and the live page; 0 for any free one, null for none
 * @param out where progress is written
 * @param style how progress is written
 * @param stop asked before each step whether to stop; the run then writes a checkpoint and fails with code INTERRUPTED
 * @param metricsListening told the metrics port once it answers; not called without one
 */
public record RunOptions(
        @Nullable Path dataDir,
        boolean resume,
        String metricsHost,
        @Nullable Integer metricsPort,
        PrintStream out,
        TerminalStyle style,
        BooleanSupplier stop,
        IntConsumer metricsListening) {
    /** No data folder, a new run, no metrics, nothing written, never stopped. */
    public static final RunOptions QUIET = new RunOptions(
            null,
            false,
            "127.0.0.1",
            null,
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
            TerminalStyle.PLAIN,
            () -> false,
            port -> {});

    /**
     * Checks the port.
     *
     * @throws IllegalArgumentException when it is not 0 to 65535
     */
    public RunOptions {
        if (metricsPort != null && (metricsPort < 0 || metricsPort > 65535)) {
            throw new IllegalArgumentException("metricsPort: " + metricsPort + " (expected: 0 to 65535)");
        }
    }

    /** Returns these options with a data folder. */
    public RunOptions withDataDir(@Nullable Path folder) {
        return new RunOptions(folder, resume, metricsHost, metricsPort, out, style, stop, metricsListening);
    }

    /** Returns these options, going on from a checkpoint or not. */
    public RunOptions withResume(boolean value) {
        return new RunOptions(dataDir, value, metricsHost, metricsPort, out, style, stop, metricsListening);
    }

    /** Returns these options with a metrics port that listens on another address than the loopback. */
    public RunOptions withMetricsHost(String host) {
        return new RunOptions(dataDir, resume, host, metricsPort, out, style, stop, metricsListening);
    }

    /** Returns these options with a metrics port, or null for none. */
    public RunOptions withMetricsPort(@Nullable Integer port) {
        return new RunOptions(dataDir, resume, metricsHost, port, out, style, stop, metricsListening);
    }

    /** Returns these options with progress written somewhere. */
    public RunOptions withProgress(PrintStream stream, TerminalStyle terminalStyle) {
        return new RunOptions(dataDir, resume, metricsHost, metricsPort, stream, terminalStyle, stop, metricsListening);
    }

    /** Returns these options with something that may stop the run. */
    public RunOptions withStop(BooleanSupplier supplier) {
        return new RunOptions(dataDir, resume, metricsHost, metricsPort, out, style, supplier, metricsListening);
    }

    /** Returns these options with someone to be told the metrics port. */
    public RunOptions withMetricsListening(IntConsumer listener) {
        return new RunOptions(dataDir, resume, metricsHost, metricsPort, out, style, stop, listener);
    }
}
