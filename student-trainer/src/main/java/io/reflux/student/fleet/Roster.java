package io.reflux.student.fleet;

import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.remote.Backoff;
import io.reflux.student.remote.TeacherAddress;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.source.SourceState;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The teachers of a fleet: who they are, and who of them may be asked. A teacher joins by being reached and by passing the
 * {@link Examiner}; one that fails is left out and tried again. On the fleet's event loop but for what says otherwise.
 */
final class Roster {
    private static final Logger LOG = LoggerFactory.getLogger(Roster.class);
    private static final long WATCH_MILLIS = 100;
    private static final int MOST_QUARANTINES = 10;

    private final Vertx vertx;
    private final Context context;
    private final FleetConfig config;
    private final FleetConfig.Times times;
    private final Membership membership;
    private final TeacherDialer dialer;
    private final FleetWatch watch;
    private final Dispatch dispatch;
    private final Examiner examiner;
    private final Links links = new Links();
    private final Map<TeacherAddress, Teacher> teachers = new LinkedHashMap<>();
    /** Reaching teachers and looking names up block. */
    private final ExecutorService blocking = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "reflux-fleet");
        thread.setDaemon(true);
        return thread;
    });

    private final MembershipWatch looks;
    private final AtomicLong rejoins = new AtomicLong();
    private int emptyLooks;
    /** Why the last look told nobody, empty where it did. */
    private String lastUnknown = "";

    private boolean over;
    private long @Nullable [] timers;
    private @Nullable Long withoutSince;

    Roster(
            Vertx vertx,
            Context context,
            FleetConfig config,
            Membership membership,
            TeacherDialer dialer,
            FleetWatch watch,
            Dispatch dispatch) {
        this.vertx = vertx;
        this.context = context;
        this.config = config;
        this.times = config.times();
        this.membership = membership;
        this.dialer = dialer;
        this.watch = watch;
        this.dispatch = dispatch;
        this.looks = new MembershipWatch(context, blocking, membership, new MembershipWatch.Listener() {
            @Override
            public void onMembers(List<TeacherAddress> now) {
                members(now);
            }

            @Override
            public void onUnknown(String reason) {
                unknown(reason);
            }
        });
        this.examiner =
                new Examiner(vertx, context, config, watch, dispatch, teachers.values(), new Examiner.Listener() {
                    @Override
                    public void onPassed(Teacher teacher) {
                        if (!teacher.serving()) {
                            serve(teacher);
                        }
                    }

                    @Override
                    public void onDisagreement(Teacher teacher, String wrong) {
                        quarantine(teacher, QuarantineReason.CANARY, "teacher " + teacher.address() + ": " + wrong);
                    }

                    @Override
                    public void onFailed(Teacher teacher, Throwable failure) {
                        out(teacher, failure);
                    }
                });
    }

    /**
     * Begins to look for teachers; from any thread.
     *
     * @return the source of a teacher that speaks for the fleet, once there is one
     */
    CompletableFuture<SoftLabelSource> start() {
        context.runOnContext(v -> {
            dispatch.start(teachers.values(), this::broken);
            timers = new long[] {
                vertx.setPeriodic(times.refresh().toMillis(), timer -> refresh()),
                vertx.setPeriodic(times.canaryEvery().toMillis(), timer -> examineAll()),
                vertx.setPeriodic(WATCH_MILLIS, timer -> watch())
            };
            refresh();
        });
        return examiner.elected();
    }

    /** Returns the model of the fleet; from any thread. */
    String modelDigest() {
        return examiner.modelDigest();
    }

    /** Returns how many times a teacher has come back; from any thread. */
    long reconnects() {
        return rejoins.get();
    }

    /** Returns the bytes of labels received; from any thread. */
    long labelBytes() {
        return links.labelBytes();
    }

    private void refresh() {
        if (!over) {
            looks.look();
        }
    }

    private void unknown(String reason) {
        // Looked at every few seconds: what stays wrong is told once.
        if (!reason.equals(lastUnknown)) {
            LOG.warn("teachers: {}; staying with the {} that are known", reason, teachers.size());
        }
        lastUnknown = reason;
        lookAgain(reason);
    }

    private void members(List<TeacherAddress> now) {
        if (over) {
            return;
        }
        lastUnknown = "";
        Set<TeacherAddress> gone = new LinkedHashSet<>(teachers.keySet());
        now.forEach(gone::remove);
        gone.forEach(address -> leave(teachers.remove(address)));
        for (TeacherAddress address : now) {
            if (!teachers.containsKey(address)) {
                Teacher teacher = new Teacher(
                        freeSlot(), address, new Backoff(times.firstDelay(), times.maxDelay(), new Random()));
                teachers.put(address, teacher);
                join(teacher);
            }
        }
        if (now.isEmpty()) {
            lookAgain(membership + ": no teacher (expected: at least one)");
        }
    }

    /** Before the first teacher the membership is looked at more often, and not for ever. */
    private void lookAgain(String reason) {
        if (examiner.elected().isDone() || !teachers.isEmpty()) {
            return;
        }
        if (++emptyLooks >= times.attemptsAtStart()) {
            fail(new TrainingFailure(TrainingFailure.Code.TEACHER_UNAVAILABLE, reason));
        } else {
            vertx.setTimer(times.firstDelay().toMillis() << emptyLooks, timer -> refresh());
        }
    }

    private int freeSlot() {
        Set<Integer> taken = teachers.values().stream().map(Teacher::slot).collect(Collectors.toSet());
        int slot = 0;
        while (taken.contains(slot)) {
            slot++;
        }
        return slot;
    }

    private void become(Teacher teacher, TeacherState state, String reason) {
        teacher.become(state, reason);
        watch.onState(teacher.slot(), teacher.address(), state);
    }

    private void join(Teacher teacher) {
        become(teacher, TeacherState.JOINING, "");
        blocking.execute(() -> {
            try {
                SoftLabelSource source = dialer.dial(teacher.address());
                context.runOnContext(v -> dialled(teacher, source));
            } catch (RuntimeException e) {
                context.runOnContext(v -> {
                    if (teacher.state() == TeacherState.JOINING) {
                        out(teacher, e);
                    }
                });
            }
        });
    }

    private void dialled(Teacher teacher, SoftLabelSource source) {
        links.add(source);
        if (over || teacher.state() != TeacherState.JOINING) {
            blocking.execute(() -> links.close(source));
            return;
        }
        teacher.setSource(source);
        Optional<TrainingFailure> refusal = examiner.refusal(teacher, source.modelDigest());
        if (refusal.isPresent()) {
            out(teacher, refusal.get());
            return;
        }
        examiner.examine(teacher, source);
        vertx.setTimer(times.canaryWithin().toMillis(), timer -> {
            boolean waiting = teacher.state() == TeacherState.JOINING && teacher.source() == source;
            if (waiting && !examiner.waitsForOthers(teacher)) {
                out(
                        teacher,
                        new TrainingFailure(
                                TrainingFailure.Code.TEACHER_UNAVAILABLE,
                                "teacher " + teacher.address() + ": no answer to the canaries within "
                                        + times.canaryWithin().toSeconds() + " s"));
            }
        });
    }

    private void examineAll() {
        for (Teacher teacher : teachers.values()) {
            SoftLabelSource source = teacher.source();
            if (teacher.serving() && source != null) {
                examiner.examine(teacher, source);
            }
        }
    }

    private void serve(Teacher teacher) {
        if (teacher.serve()) {
            rejoins.incrementAndGet();
        }
        withoutSince = null;
        LOG.info(
                "teacher {}: joined the fleet in slot {}, {} serving",
                teacher.address(),
                teacher.slot(),
                count(Teacher::serving));
        watch.onState(teacher.slot(), teacher.address(), TeacherState.SERVING);
        dispatch.assign();
    }

    private long count(Predicate<Teacher> those) {
        return teachers.values().stream().filter(those).count();
    }

    private void broken(Teacher teacher, SoftLabelSource source, Throwable failure) {
        if (teacher.source() == source) {
            out(teacher, failure);
        }
    }

    /** A teacher is left out because of a failure, whose code says for how long. */
    private void out(Teacher teacher, Throwable failure) {
        String reason = String.valueOf(failure.getMessage());
        TrainingFailure.Code code =
                failure instanceof TrainingFailure known ? known.code() : TrainingFailure.Code.TEACHER_UNAVAILABLE;
        switch (code) {
            case BAD_LABELS -> quarantine(teacher, QuarantineReason.LABELS, reason);
            case OTHER_MODEL -> quarantine(teacher, QuarantineReason.MODEL, reason);
            case MISMATCH, ACCESS, RECIPE, RESOURCE ->
                out(teacher, TeacherState.REFUSED, reason, quarantineMillis(teacher));
            default -> out(teacher, TeacherState.AWAY, reason, teacher.backoff().nextMillis());
        }
    }

    private void quarantine(Teacher teacher, QuarantineReason why, String reason) {
        watch.onQuarantine(teacher.slot(), why);
        out(teacher, TeacherState.QUARANTINED, reason, quarantineMillis(teacher));
    }

    private long quarantineMillis(Teacher teacher) {
        long factor = Math.min(MOST_QUARANTINES, 1L << Math.min(30, teacher.fault()));
        return times.quarantine().toMillis() * factor;
    }

    private void out(Teacher teacher, TeacherState state, String reason, long retryMillis) {
        if (!reason.equals(teacher.reason())) {
            LOG.warn("{}; {}, tried again in {} ms", reason, state.label(), retryMillis);
        }
        teacher.attempted();
        become(teacher, state, reason);
        hangUp(teacher);
        dispatch.takeBack(teacher);
        examiner.electIfSettled();
        failIfHopeless();
        vertx.setTimer(Math.max(1, retryMillis), timer -> {
            if (!over && teacher.state() == state && teachers.containsValue(teacher)) {
                join(teacher);
            }
        });
    }

    private void hangUp(Teacher teacher) {
        SoftLabelSource source = teacher.source();
        if (source != null) {
            teacher.setSource(null);
            blocking.execute(() -> links.close(source));
        }
    }

    private void leave(Teacher teacher) {
        LOG.info("teacher {}: left the fleet", teacher.address());
        become(teacher, TeacherState.LEFT, "");
        hangUp(teacher);
        dispatch.takeBack(teacher);
    }

    private void failIfHopeless() {
        Hopelessness.of(teachers.values(), !examiner.elected().isDone(), times.attemptsAtStart())
                .ifPresent(this::fail);
    }

    /** Looks for teachers that broke while nothing was asked of them, and for a fleet that has none. */
    private void watch() {
        if (over || !examiner.elected().isDone()) {
            return;
        }
        for (Teacher teacher : List.copyOf(teachers.values())) {
            SoftLabelSource source = teacher.source();
            boolean changed = source != null && !teacher.modelDigest().equals(source.modelDigest());
            if (teacher.serving()
                    && source != null
                    && (changed || teacher.idle() && source.state() == SourceState.CLOSED)) {
                teacher.setModelDigest(source.modelDigest());
                // What is asked of a source that failed fails with the reason.
                examiner.examine(teacher, source);
            }
        }
        long now = System.nanoTime();
        if (count(Teacher::serving) > 0) {
            withoutSince = null;
            return;
        }
        long since = withoutSince == null ? now : withoutSince;
        withoutSince = since;
        if (now - since > times.giveUpAfter().toNanos()) {
            fail(Hopelessness.without(teachers.values(), (now - since) / 1_000_000_000));
        }
    }

    private void fail(TrainingFailure failure) {
        dispatch.fail(failure);
        examiner.elected().completeExceptionally(failure);
    }

    /** Leaves all teachers, then tells {@code closed}. */
    void close(CompletableFuture<Void> closed) {
        over = true;
        examiner.close();
        teachers.values().forEach(teacher -> become(teacher, TeacherState.LEFT, ""));
        if (timers != null) {
            for (long timer : timers) {
                vertx.cancelTimer(timer);
            }
        }
        blocking.execute(() -> {
            links.closeAll();
            membership.close();
            closed.complete(null);
        });
    }
}
