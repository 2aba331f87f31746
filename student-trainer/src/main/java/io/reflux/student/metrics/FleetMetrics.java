package io.reflux.student.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.reflux.student.fleet.FleetWatch;
import io.reflux.student.fleet.QuarantineReason;
import io.reflux.student.fleet.TeacherState;
import io.reflux.student.remote.TeacherAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The meters of a fleet. Teachers are told apart by their slots, of which those from 32 on share one name, so that the number of
 * series is bounded however many teachers come and go; the log says which teacher has which slot.
 */
public final class FleetMetrics implements FleetWatch {
    private static final int SLOTS = 32;

    private final MeterRegistry registry;
    private final Map<TeacherAddress, TeacherState> states = new ConcurrentHashMap<>();
    private final Map<String, Slot> slots = new ConcurrentHashMap<>();
    private final Map<QuarantineReason, Counter> quarantines = new EnumMap<>(QuarantineReason.class);
    private final Counter hedges;
    private final Counter duplicates;
    private final Counter retries;
    private final Counter modelChanges;

    /** The meters of one slot. */
    private static final class Slot {
        private final Counter samples;
        private final Counter batches;
        private volatile double rate;

        Slot(MeterRegistry registry, String teacher) {
            samples = Counter.builder("reflux.student.teacher.samples")
                    .tag("teacher", teacher)
                    .description("Samples that the teacher in this slot of the fleet labelled, late ones included.")
                    .register(registry);
            batches = Counter.builder("reflux.student.teacher.batches")
                    .tag("teacher", teacher)
                    .description("Batches that the teacher in this slot of the fleet labelled, late ones included.")
                    .register(registry);
            Gauge.builder("reflux.student.teacher.rate", this, slot -> slot.rate)
                    .tag("teacher", teacher)
                    .description("Samples a second that the teacher in this slot of the fleet is measured at.")
                    .register(registry);
        }
    }

    /** Registers the meters. The registry refers to this object weakly; the run holds it. */
    public FleetMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (TeacherState state : TeacherState.values()) {
            if (state != TeacherState.LEFT) {
                Gauge.builder(
                                "reflux.student.teachers",
                                states,
                                all -> all.values().stream()
                                        .filter(state::equals)
                                        .count())
                        .tag("state", state.label())
                        .description("Teachers of the fleet that are in this state.")
                        .register(registry);
            }
        }
        for (QuarantineReason reason : QuarantineReason.values()) {
            quarantines.put(
                    reason,
                    Counter.builder("reflux.student.fleet.quarantines")
                            .tag("reason", reason.label())
                            .description("Teachers quarantined, for their labels, their model or the canaries.")
                            .register(registry));
        }
        hedges = counter("hedges", "Late batches that were asked of a second teacher.");
        duplicates = counter("duplicates", "Answers dropped, since another teacher had given them.");
        retries = counter("retries", "Batches that a teacher could not label and that were asked for again.");
        modelChanges = counter("model.changes", "Models of teachers whose labels were used after another's.");
    }

    private Counter counter(String name, String description) {
        return Counter.builder("reflux.student.fleet." + name)
                .description(description)
                .register(registry);
    }

    private Slot slot(int slot) {
        return slots.computeIfAbsent(slot < SLOTS ? Integer.toString(slot) : "more", name -> new Slot(registry, name));
    }

    @Override
    public void onState(int slot, TeacherAddress teacher, TeacherState state) {
        if (state == TeacherState.LEFT) {
            states.remove(teacher);
        } else {
            states.put(teacher, state);
        }
        if (state != TeacherState.SERVING) {
            slot(slot).rate = 0;
        }
    }

    @Override
    public void onAnswer(int slot, int rows, long latencyNanos, double rate) {
        Slot meters = slot(slot);
        meters.samples.increment(rows);
        meters.batches.increment();
        meters.rate = Double.isFinite(rate) ? rate : 0;
    }

    @Override
    public void onHedge(int slot) {
        hedges.increment();
    }

    @Override
    public void onDuplicate(int slot) {
        duplicates.increment();
    }

    @Override
    public void onRetry(int slot) {
        retries.increment();
    }

    @Override
    public void onQuarantine(int slot, QuarantineReason reason) {
        Counter counter = quarantines.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }

    @Override
    public void onModelChange(String modelDigest) {
        modelChanges.increment();
    }
}
