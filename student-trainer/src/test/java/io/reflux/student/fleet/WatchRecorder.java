package io.reflux.student.fleet;

import io.reflux.student.remote.TeacherAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Remembers what a fleet told. */
final class WatchRecorder implements FleetWatch {
    final Map<TeacherAddress, TeacherState> states = new ConcurrentHashMap<>();
    final List<QuarantineReason> quarantines = new CopyOnWriteArrayList<>();
    final List<String> models = new CopyOnWriteArrayList<>();
    final AtomicInteger hedges = new AtomicInteger();
    final AtomicInteger duplicates = new AtomicInteger();
    final AtomicInteger retries = new AtomicInteger();

    long count(TeacherState state) {
        return states.values().stream().filter(state::equals).count();
    }

    @Override
    public void onState(int slot, TeacherAddress teacher, TeacherState state) {
        states.put(teacher, state);
    }

    @Override
    public void onHedge(int slot) {
        hedges.incrementAndGet();
    }

    @Override
    public void onDuplicate(int slot) {
        duplicates.incrementAndGet();
    }

    @Override
    public void onRetry(int slot) {
        retries.incrementAndGet();
    }

    @Override
    public void onQuarantine(int slot, QuarantineReason reason) {
        quarantines.add(reason);
    }

    @Override
    public void onModelChange(String modelDigest) {
        models.add(modelDigest);
    }
}
