package io.reflux.teacher.server;

import io.reflux.data.catalog.DataSetSpec;
import io.reflux.teacher.access.AccessConfig;
import io.reflux.teacher.cache.CacheConfig;
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
 * @param batchWindow the longest that a batch waits for more students' samples while the model is idle, 0 to 10 s; 0: never
 * @param latencyGoal what one batch may take the model, above 0, at most an hour
 * @param deterministic whether every batch has exactly {@code maxBatchSamples} rows, so that a sample's logits do not depend on
 *     what else is in its batch
 * @param threads threads that render and encode beside the model, 1 to 256; two keep the model busy
 * @param limits what students may ask for
 * @param drainTimeout how long {@link TeacherServer#close} waits for what is in flight, not negative
 * @param pingInterval how often a silent connection is tried; one that does not answer within it is closed; above 0
 * @param access who may call
 * @param cache where answers are kept
 * @param watchInterval how often the model's file is looked at, so that another one takes its place; zero: never
 * @param hints outputs and inner values of the model that students may ask for beside its logits
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
        Duration latencyGoal,
        boolean deterministic,
        int threads,
        LabelLimits limits,
        Duration drainTimeout,
        Duration pingInterval,
        AccessConfig access,
        CacheConfig cache,
        Duration watchInterval,
        List<String> hints) {

    private static final int USUAL_BATCH = 256;

    /** All of it is computed each time, however few samples wait. */
    private static final int USUAL_FIXED_BATCH = 32;

    private static final int MAX_PORT = 65535;
    private static final Duration MAX_WINDOW = Duration.ofSeconds(10);
    private static final Duration MAX_GOAL = Duration.ofHours(1);

    public TeacherConfig {
        dataSets = List.copyOf(dataSets);
        hints = List.copyOf(hints);
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
        if (latencyGoal.isNegative() || latencyGoal.isZero() || latencyGoal.compareTo(MAX_GOAL) > 0) {
            throw new IllegalArgumentException(
                    "latencyGoal: " + latencyGoal + " (expected: above 0, at most " + MAX_GOAL + ")");
        }
        if (watchInterval.isNegative()) {
            throw new IllegalArgumentException("watchInterval: " + watchInterval + " (expected: >= 0)");
        }
        if (drainTimeout.isNegative()) {
            throw new IllegalArgumentException("drainTimeout: " + drainTimeout + " (expected: >= 0)");
        }
        if (pingInterval.toMillis() < 1) {
            throw new IllegalArgumentException("pingInterval: " + pingInterval + " (expected: >= 1 ms)");
        }
    }

    /** Most samples that enter a model together where nobody says how many. */
    public static int usualBatchSamples(boolean deterministic) {
        return deterministic ? USUAL_FIXED_BATCH : USUAL_BATCH;
    }

    /** Starts from the defaults: the CPU, the loopback address, any free ports, students that send tensors. */
    public static Builder builder(Path model) {
        return new Builder(model);
    }

    private static void requireRange(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + min + ".." + max + ")");
        }
    }

    /** Settings under construction; each defaults as {@link #builder} says. */
    public static final class Builder {

        private final Path model;
        private List<DataSetSpec> dataSets = List.of();
        private String device = "cpu";
        private String host = "127.0.0.1";
        private int grpcPort;
        private int metricsPort;
        private int maxBatchSamples = USUAL_BATCH;
        private Duration batchWindow = Duration.ofMillis(2);
        private Duration latencyGoal = Duration.ofMillis(250);
        private boolean deterministic;
        private int threads = 2;
        private LabelLimits limits = LabelLimits.DEFAULT;
        private Duration drainTimeout = Duration.ofSeconds(10);
        private Duration pingInterval = Duration.ofSeconds(2);
        private AccessConfig access = AccessConfig.OPEN;
        private CacheConfig cache = CacheConfig.OFF;
        private Duration watchInterval = Duration.ZERO;
        private List<String> hints = List.of();

        private Builder(Path model) {
            this.model = model;
        }

        public Builder dataSets(List<DataSetSpec> value) {
            dataSets = value;
            return this;
        }

        public Builder device(String value) {
            device = value;
            return this;
        }

        public Builder address(String newHost, int newGrpcPort, int newMetricsPort) {
            host = newHost;
            grpcPort = newGrpcPort;
            metricsPort = newMetricsPort;
            return this;
        }

        public Builder batching(int newMaxBatchSamples, Duration newBatchWindow, int newThreads) {
            maxBatchSamples = newMaxBatchSamples;
            batchWindow = newBatchWindow;
            threads = newThreads;
            return this;
        }

        public Builder latencyGoal(Duration value) {
            latencyGoal = value;
            return this;
        }

        public Builder deterministic(boolean value) {
            deterministic = value;
            return this;
        }

        public Builder limits(LabelLimits value) {
            limits = value;
            return this;
        }

        public Builder drainTimeout(Duration value) {
            drainTimeout = value;
            return this;
        }

        public Builder pingInterval(Duration value) {
            pingInterval = value;
            return this;
        }

        public Builder access(AccessConfig value) {
            access = value;
            return this;
        }

        public Builder watchInterval(Duration value) {
            watchInterval = value;
            return this;
        }

        public Builder hints(List<String> value) {
            hints = value;
            return this;
        }

        public Builder cache(CacheConfig value) {
            cache = value;
            return this;
        }

        /** @throws IllegalArgumentException if a setting is out of range or two clash */
        public TeacherConfig build() {
            return new TeacherConfig(
                    model,
                    dataSets,
                    device,
                    host,
                    grpcPort,
                    metricsPort,
                    maxBatchSamples,
                    batchWindow,
                    latencyGoal,
                    deterministic,
                    threads,
                    limits,
                    drainTimeout,
                    pingInterval,
                    access,
                    cache,
                    watchInterval,
                    hints);
        }
    }
}
