package io.reflux.teacher.server;

import io.reflux.data.catalog.DataSetSpec;
import io.reflux.teacher.label.LabelLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Settings of a teacher service.
 *
 * @param model file of the model, {@code .onnx} or {@code .pt}
 * @param dataSets data sets whose views the teacher computes; both the training and the test set of each
 * @param device {@code cpu}, {@code cuda} or {@code cuda:N}
 * @param host address to listen on
 * @param grpcPort port for students; 0: any free one
 * @param metricsPort port for operators; 0: any free one
 * @param maxBatchSamples most samples that enter the model together, 1 to 65536
 * @param batchWindow how long a batch waits for more students' samples, 0 to 10 s
 * @param threads threads that render and encode beside the model, 1 to 256; two keep the model busy
 * @param limits what students may ask for
 * @param drainTimeout how long {@link TeacherServer#close} waits for what is in flight, not negative
 * @param pingInterval how often a silent connection is tried; one that does not answer within it is closed; above 0
 */
public record TeacherConfig(
        Path model,
        List<DataSetSpec> dataSets,
        String device,
        String host,
        int grpcPort,
        int metricsPort,
        int maxBatchSamples,
        Duration batchWindow,
        int threads,
        LabelLimits limits,
        Duration drainTimeout,
        Duration pingInterval) {

    private static final int MAX_PORT = 65535;
    private static final Duration MAX_WINDOW = Duration.ofSeconds(10);

    public TeacherConfig {
        dataSets = List.copyOf(dataSets);
        requireRange("grpcPort", grpcPort, 0, MAX_PORT);
        requireRange("metricsPort", metricsPort, 0, MAX_PORT);
        requireRange("maxBatchSamples", maxBatchSamples, 1, 65_536);
        requireRange("threads", threads, 1, 256);
        if (grpcPort != 0 && grpcPort == metricsPort) {
            throw new IllegalArgumentException(
                    "metricsPort: " + metricsPort + " (expected: another one than grpcPort)");
        }
        if (host.isBlank()) {
            throw new IllegalArgumentException("host: empty (expected: an address)");
        }
        if (batchWindow.isNegative() || batchWindow.compareTo(MAX_WINDOW) > 0) {
            throw new IllegalArgumentException(
                    "batchWindow: " + batchWindow + " (expected: PT0S to " + MAX_WINDOW + ")");
        }
        if (drainTimeout.isNegative()) {
            throw new IllegalArgumentException("drainTimeout: " + drainTimeout + " (expected: >= 0)");
        }
        if (pingInterval.toMillis() < 1) {
            throw new IllegalArgumentException("pingInterval: " + pingInterval + " (expected: >= 1 ms)");
        }
    }

    /** Serves a model on the CPU, on the loopback address and any free ports, to students that send tensors. */
    public static TeacherConfig of(Path model) {
        return new TeacherConfig(
                model,
                List.of(),
                "cpu",
                "127.0.0.1",
                0,
                0,
                256,
                Duration.ofMillis(2),
                2,
                LabelLimits.DEFAULT,
                Duration.ofSeconds(10),
                Duration.ofSeconds(10));
    }

    public TeacherConfig withDataSets(List<DataSetSpec> newDataSets) {
        return new TeacherConfig(
                model,
                newDataSets,
                device,
                host,
                grpcPort,
                metricsPort,
                maxBatchSamples,
                batchWindow,
                threads,
                limits,
                drainTimeout,
                pingInterval);
    }

    public TeacherConfig withDevice(String newDevice) {
        return new TeacherConfig(
                model,
                dataSets,
                newDevice,
                host,
                grpcPort,
                metricsPort,
                maxBatchSamples,
                batchWindow,
                threads,
                limits,
                drainTimeout,
                pingInterval);
    }

    public TeacherConfig withAddress(String newHost, int newGrpcPort, int newMetricsPort) {
        return new TeacherConfig(
                model,
                dataSets,
                device,
                newHost,
                newGrpcPort,
                newMetricsPort,
                maxBatchSamples,
                batchWindow,
                threads,
                limits,
                drainTimeout,
                pingInterval);
    }

    public TeacherConfig withBatching(int newMaxBatchSamples, Duration newBatchWindow, int newThreads) {
        return new TeacherConfig(
                model,
                dataSets,
                device,
                host,
                grpcPort,
                metricsPort,
                newMaxBatchSamples,
                newBatchWindow,
                newThreads,
                limits,
                drainTimeout,
                pingInterval);
    }

    public TeacherConfig withLimits(LabelLimits newLimits) {
        return new TeacherConfig(
                model,
                dataSets,
                device,
                host,
                grpcPort,
                metricsPort,
                maxBatchSamples,
                batchWindow,
                threads,
                newLimits,
                drainTimeout,
                pingInterval);
    }

    public TeacherConfig withDrainTimeout(Duration newDrainTimeout) {
        return new TeacherConfig(
                model,
                dataSets,
                device,
                host,
                grpcPort,
                metricsPort,
                maxBatchSamples,
                batchWindow,
                threads,
                limits,
                newDrainTimeout,
                pingInterval);
    }

    public TeacherConfig withPingInterval(Duration newPingInterval) {
        return new TeacherConfig(
                model,
                dataSets,
                device,
                host,
                grpcPort,
                metricsPort,
                maxBatchSamples,
                batchWindow,
                threads,
                limits,
                drainTimeout,
                newPingInterval);
    }

    private static void requireRange(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + min + ".." + max + ")");
        }
    }
}
