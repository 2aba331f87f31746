package io.reflux.teacher.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.reflux.proto.v1.BatchErrorCode;
import io.reflux.teacher.batcher.Batcher;
import io.reflux.teacher.batcher.BatcherListener;
import io.reflux.teacher.cache.RowCache;
import io.reflux.teacher.lookup.Lookups;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The meters of a teacher. Thread-safe. */
public final class TeacherMetrics implements BatcherListener {

    private static final String CODE_PREFIX = "BATCH_ERROR_CODE_";
    private static final double NANOS = 1e9;

    private final MeterRegistry registry;
    private final DistributionSummary batchSamples;
    private final Timer queue;
    private final Timer compute;
    private final Counter samples;
    private final Counter labelBytes;
    private final Counter swaps;
    private final Counter refusedSwaps;
    private @Nullable Gauge model;
    private final Map<String, Counter> outputBytes = new ConcurrentHashMap<>();
    private final Map<BatchErrorCode, Counter> errors = new EnumMap<>(BatchErrorCode.class);

    /** Registers the meters that need nothing but the registry. */
    public TeacherMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.batchSamples = DistributionSummary.builder("reflux.teacher.batch.samples")
                .description("Samples that entered the model together")
                .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)
                .register(registry);
        this.queue = timer("reflux.teacher.queue", "Time from a batch's arrival until the model took it");
        this.compute = timer("reflux.teacher.compute", "Time the model took for a batch");
        this.samples = Counter.builder("reflux.teacher.samples")
                .description("Samples whose labels were sent")
                .register(registry);
        this.labelBytes = Counter.builder("reflux.teacher.label.bytes")
                .description("Size of the label messages that were sent")
                .baseUnit("bytes")
                .register(registry);
        this.swaps = swaps("done");
        this.refusedSwaps = swaps("refused");
        for (BatchErrorCode code : BatchErrorCode.values()) {
            if (code != BatchErrorCode.UNRECOGNIZED && code != BatchErrorCode.BATCH_ERROR_CODE_UNSPECIFIED) {
                errors.put(code, errors(code));
            }
        }
    }

    private Timer timer(String name, String description) {
        return Timer.builder(name)
                .description(description)
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(3),
                        Duration.ofMillis(10),
                        Duration.ofMillis(30),
                        Duration.ofMillis(100),
                        Duration.ofMillis(300),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(10))
                .register(registry);
    }

    private Counter swaps(String outcome) {
        return Counter.builder("reflux.teacher.model.swaps")
                .description("Models that were to take the place of the one that is served")
                .tag("outcome", outcome)
                .register(registry);
    }

    private Counter errors(BatchErrorCode code) {
        return Counter.builder("reflux.teacher.batch.errors")
                .description("Batches that were answered with an error")
                .tag("code", code.name().substring(CODE_PREFIX.length()).toLowerCase(Locale.ROOT))
                .register(registry);
    }

    /**
     * Registers what is read off when metrics are asked for.
     *
     * @param lookups what stands before the batcher, if anything does
     */
    public void observe(Batcher batcher, @Nullable Lookups lookups, IntSupplier streams) {
        Gauge.builder("reflux.teacher.streams", streams, IntSupplier::getAsInt)
                .description("Open label streams")
                .strongReference(true)
                .register(registry);
        gauge(
                "reflux.teacher.stalled.streams",
                "Streams with work but without credit, or with a full connection",
                () -> lookups == null ? batcher.state().stalledLanes() : lookups.stalledLanes());
        gauge(
                "reflux.teacher.queue.batches",
                "Batches that wait for the model",
                () -> batcher.state().queuedJobs() + (lookups == null ? 0 : lookups.queuedBatches()));
        if (lookups != null) {
            gauge(
                    "reflux.teacher.cache.flights",
                    "Answers that are looked for or computed now, each once for all who wait for it",
                    lookups::inFlight);
        }
        gauge(
                "reflux.teacher.batch.target.samples",
                "Samples of a full batch, as chosen by the measured latency of the model",
                () -> batcher.state().targetSamples());
        gauge(
                "reflux.teacher.batch.wait.seconds",
                "How long the last batch was let wait for more samples",
                () -> batcher.state().waitNanos() / NANOS);
        gauge(
                "reflux.teacher.sample.seconds",
                "Time of the model for a sample in a full batch",
                () -> batcher.state().nanosPerSample() / NANOS);
    }

    private void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder(name, value)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    /** Registers the meters of a cache. */
    public void cache(RowCache cache) {
        new CacheMetrics(registry, cache).register();
    }

    /** Registers which model is served, in the place of the one before it. */
    public synchronized void model(String name, String digest) {
        if (model != null) {
            registry.remove(model);
        }
        model = Gauge.builder("reflux.teacher.model", () -> 1)
                .description("1 for the model that is served")
                .tag("name", name)
                .tag("digest", digest)
                .register(registry);
    }

    @Override
    public void dequeued(long queueNanos) {
        queue.record(queueNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void computed(int numSamples, long computeNanos) {
        batchSamples.record(numSamples);
        compute.record(computeNanos, TimeUnit.NANOSECONDS);
    }

    /** Another model has taken the place of the one that was served. */
    public void swapped() {
        swaps.increment();
    }

    /** Another model could not take the place of the one that is served. */
    public void swapRefused() {
        refusedSwaps.increment();
    }

    /** A label message was sent. */
    public void sent(int numSamples, int bytes) {
        samples.increment(numSamples);
        labelBytes.increment(bytes);
    }

    /** So many encoded bytes of an output were sent. */
    public void sent(String output, int bytes) {
        outputBytes
                .computeIfAbsent(
                        output,
                        name -> Counter.builder("reflux.teacher.output.bytes")
                                .description("Encoded labels that were sent, by the model's output")
                                .baseUnit("bytes")
                                .tag("output", name)
                                .register(registry))
                .increment(bytes);
    }

    /** A batch was answered with an error. */
    public void batchError(BatchErrorCode code) {
        errors.get(code).increment();
    }
}
