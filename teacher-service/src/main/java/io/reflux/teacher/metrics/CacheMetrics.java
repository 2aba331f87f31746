package io.reflux.teacher.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.reflux.teacher.cache.RowCache;
import io.reflux.teacher.cache.Tier;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The meters of a cache, read off when metrics are asked for. */
final class CacheMetrics {

    private final MeterRegistry registry;
    private final RowCache cache;

    CacheMetrics(MeterRegistry registry, RowCache cache) {
        this.registry = registry;
        this.cache = cache;
    }

    void register() {
        for (Tier tier : Tier.values()) {
            counter(
                    "hits",
                    "Answers that were known",
                    tier,
                    held -> held.counts().hits(tier));
            counter("evictions", "Answers that were dropped to make room", tier, held -> held.evictions(tier));
            Gauge.builder("reflux.teacher.cache.bytes", cache, held -> held.bytes(tier))
                    .description("Size of the answers that are held")
                    .baseUnit("bytes")
                    .tag("tier", name(tier))
                    .strongReference(true)
                    .register(registry);
        }
        counter(
                "misses",
                "Answers that had to be computed",
                held -> held.counts().misses());
        counter(
                "joins",
                "Answers that were looked for or computed already",
                held -> held.counts().joins());
        counter(
                "corrupt",
                "Answers on disk that were damaged and dropped",
                held -> held.counts().corrupt());
        counter(
                "write.failures",
                "Answers that could not be written to disk",
                held -> held.counts().writeFailures());
    }

    private void counter(String name, String description, ToDoubleFunction<RowCache> value) {
        counter(name, description, value, new String[0]);
    }

    private void counter(String name, String description, Tier tier, ToDoubleFunction<RowCache> value) {
        counter(name, description, value, "tier", name(tier));
    }

    private void counter(String name, String description, ToDoubleFunction<RowCache> value, String... tags) {
        FunctionCounter.builder("reflux.teacher.cache." + name, cache, value)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private static String name(Tier tier) {
        return tier.name().toLowerCase(Locale.ROOT);
    }
}
