package io.reflux.student.fleet;

import io.reflux.student.remote.Backoff;
import io.reflux.student.remote.TeacherAddress;
import io.reflux.student.source.SoftLabelSource;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One teacher of a fleet: how it stands, what it is asked, how fast it answers. Confined to the fleet's event loop. */
final class Teacher {
    private final int slot;
    private final TeacherAddress address;
    private final Backoff backoff;
    private final Set<Ask> asks = new LinkedHashSet<>();
    private final Throughput throughput = new Throughput();
    private TeacherState state = TeacherState.JOINING;
    private String reason = "";
    private @Nullable SoftLabelSource source;
    private int askedRows;
    private String modelDigest = "";
    private int attempts;
    private int faults;
    private boolean hasServed;

    Teacher(int slot, TeacherAddress address, Backoff backoff) {
        this.slot = slot;
        this.address = address;
        this.backoff = backoff;
    }

    int slot() {
        return slot;
    }

    TeacherAddress address() {
        return address;
    }

    TeacherState state() {
        return state;
    }

    Backoff backoff() {
        return backoff;
    }

    /** Attempts to reach and examine it that have come to an end. */
    int attempts() {
        return attempts;
    }

    void attempted() {
        attempts++;
    }

    /** Counts a quarantine or refusal, and returns how many there were before. */
    int fault() {
        return faults++;
    }

    /** Begins to serve, and returns whether it has before. */
    boolean serve() {
        boolean again = hasServed;
        hasServed = true;
        become(TeacherState.SERVING, "");
        return again;
    }

    /** The model that it was last examined with; empty before. */
    String modelDigest() {
        return modelDigest;
    }

    void setModelDigest(String digest) {
        modelDigest = digest;
    }

    /** Why it stands as it does, one line; empty while nothing is wrong. */
    String reason() {
        return reason;
    }

    void become(TeacherState next, String why) {
        state = next;
        reason = why;
    }

    @Nullable
    SoftLabelSource source() {
        return source;
    }

    void setSource(@Nullable SoftLabelSource opened) {
        source = opened;
    }

    /** What it has been asked and not answered, oldest first. */
    Set<Ask> asks() {
        return asks;
    }

    boolean serving() {
        return state == TeacherState.SERVING && source != null;
    }

    boolean idle() {
        return asks.isEmpty();
    }

    /** Whether its limits and credit allow another batch. */
    boolean hasRoom() {
        return source != null && asks.size() < source.maxBatchesInFlight();
    }

    void asked(Ask ask) {
        asks.add(ask);
        askedRows += ask.batch().rows();
    }

    /** Forgets an ask, and returns whether it was there. */
    boolean settle(Ask ask) {
        boolean there = asks.remove(ask);
        if (there) {
            askedRows -= ask.batch().rows();
        }
        return there;
    }

    void answered(Ask ask, long now) {
        throughput.answered(ask.batch().rows(), ask.askedNanos(), now);
    }

    private long oldestAsked(long now) {
        return asks.isEmpty() ? now : asks.iterator().next().askedNanos();
    }

    /** Samples a second as measured, NaN before the first answer. */
    double rate(long now) {
        return throughput.rate(oldestAsked(now), now);
    }

    boolean measured() {
        return throughput.measured();
    }

    /** Seconds after which it would have answered a batch that is asked now; {@code unmeasured} rows a second if unknown. */
    double finishSeconds(int rows, double unmeasured, long now) {
        double rate = measured() ? throughput.hopedFor(idle(), oldestAsked(now), now) : unmeasured;
        return (askedRows + rows) / rate;
    }
}
