package io.reflux.teacher.access;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;

/** Counts what was refused, by limit. Who was refused is no label: callers would make series without end. Thread-safe. */
public final class Refusals {

    private final Map<Limit, Counter> counters = new EnumMap<>(Limit.class);

    /** Registers a counter for each limit. */
    public Refusals(MeterRegistry registry) {
        for (Limit limit : Limit.values()) {
            counters.put(
                    limit,
                    Counter.builder("reflux.teacher.refusals")
                            .description(
                                    "Calls and batches that were refused because of a limit or for want of a token")
                            .tag("limit", limit.label())
                            .register(registry));
        }
    }

    /** Something was refused. */
    public void count(Limit limit) {
        counters.get(limit).increment();
    }
}
