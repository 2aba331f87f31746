package io.reflux.student.fleet;

import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.remote.Backoff;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.source.SoftLabels;
import io.reflux.student.source.SourceState;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Asks teachers for what is wanted and delivers what they answer. On the fleet's event loop but for what says otherwise. */
final class Dispatch {
    private static final long TICK_MILLIS = 10;

    private final Vertx vertx;
    private final Context context;
    private final FleetConfig.Times times;
    private final FleetWatch watch;
    private final WorkBook book;
    private final Backoff retries;
    private final Map<Long, Delivered> delivered = new ConcurrentHashMap<>();
    private volatile SourceState state = SourceState.CONNECTING;

    private Collection<Teacher> teachers = List.of();
    private BrokenListener broken = (teacher, source, failure) -> {};
    private boolean served;
    private long lastAnswerNanos = System.nanoTime();
    private long tickTimer = -1;
    private @Nullable TrainingFailure failure;

    /** Labels in use, and whom their credit belongs to. */
    private record Delivered(SoftLabelSource source, SoftLabels labels) {}

    /** Told that a teacher's source has failed. */
    @FunctionalInterface
    interface BrokenListener {
        void onBroken(Teacher teacher, SoftLabelSource source, Throwable failure);
    }

    Dispatch(Vertx vertx, Context context, FleetConfig config, FleetWatch watch) {
        this.vertx = vertx;
        this.context = context;
        this.times = config.times();
        this.watch = watch;
        this.book = new WorkBook(
                new Latencies(times.leastLate().toNanos(), times.waitingAfter().toNanos()));
        this.retries = new Backoff(times.firstDelay(), times.maxDelay(), new Random());
    }

    /**
     * Begins to work.
     *
     * @param members the teachers, always as of now
     * @param listener told of those that break
     */
    void start(Collection<Teacher> members, BrokenListener listener) {
        teachers = members;
        broken = listener;
        tickTimer = vertx.setPeriodic(TICK_MILLIS, timer -> tick());
    }

    long nextAskId() {
        return book.nextAskId();
    }

    /** Returns how the fleet stands; from any thread. */
    SourceState state() {
        return state;
    }

    boolean failed() {
        return failure != null;
    }

    void submit(WantedBatch batch) {
        TrainingFailure reason = failure;
        if (reason != null) {
            batch.answer().completeExceptionally(reason);
            return;
        }
        book.add(batch);
        assign();
    }

    /** Takes in that labels were used; from any thread. */
    void release(long batchId) {
        Delivered used = delivered.remove(batchId);
        if (used != null) {
            used.source().release(used.labels());
        }
    }

    /** Gives out what may be asked for now. */
    void assign() {
        if (failure == null) {
            book.assign(teachers, System.nanoTime()).forEach(this::send);
        }
    }

    /** Takes everything back from a teacher that serves no more, and asks others. */
    void takeBack(Teacher teacher) {
        book.takeBack(teacher);
        assign();
    }

    private void send(Ask ask) {
        SoftLabelSource source = ask.teacher().source();
        if (source == null) {
            throw new IllegalStateException("teacher " + ask.teacher().address() + ": no source (expected: serving)");
        }
        ask.batch()
                .content()
                .askOf(source, ask.id())
                .whenComplete((labels, e) -> context.runOnContext(v -> {
                    if (labels != null) {
                        answered(ask, source, labels);
                    } else {
                        unanswered(ask, source, e);
                    }
                }));
    }

    private void answered(Ask ask, SoftLabelSource source, SoftLabels labels) {
        long now = System.nanoTime();
        Teacher teacher = ask.teacher();
        lastAnswerNanos = now;
        teacher.backoff().reset();
        boolean first = book.answered(ask, now) && failure == null;
        watch.onAnswer(teacher.slot(), ask.batch().rows(), now - ask.askedNanos(), teacher.rate(now));
        if (first) {
            long batchId = ask.batch().batchId();
            delivered.put(batchId, new Delivered(source, labels));
            ask.batch()
                    .answer()
                    .complete(new SoftLabels(
                            batchId,
                            labels.rows(),
                            labels.classes(),
                            labels.logits(),
                            labels.modelDigest(),
                            labels.hints()));
        } else {
            watch.onDuplicate(teacher.slot());
            source.release(labels);
        }
        assign();
    }

    private void unanswered(Ask ask, SoftLabelSource source, Throwable reason) {
        if (failure != null || !ask.teacher().asks().contains(ask)) {
            return;
        }
        if (source.state() == SourceState.CLOSED) {
            broken.onBroken(ask.teacher(), source, reason);
            return;
        }
        if (ask.batch().answer().isDone()) {
            book.failed(ask, System.nanoTime());
            return;
        }
        boolean again = reason instanceof TrainingFailure e && e.code() == TrainingFailure.Code.TEACHER_UNAVAILABLE;
        if (!again || ask.batch().failures() >= times.batchRetries()) {
            fail(failure(reason));
            return;
        }
        watch.onRetry(ask.teacher().slot());
        book.failed(ask, System.nanoTime() + retries.nextMillis() * 1_000_000);
        assign();
    }

    private static TrainingFailure failure(Throwable reason) {
        return reason instanceof TrainingFailure known
                ? known
                : new TrainingFailure(TrainingFailure.Code.TEACHER_UNAVAILABLE, "teachers: " + reason, reason);
    }

    private void tick() {
        long now = System.nanoTime();
        book.hedge(teachers, now).ifPresent(ask -> {
            watch.onHedge(ask.teacher().slot());
            send(ask);
        });
        assign();
        boolean serving = teachers.stream().anyMatch(Teacher::serving);
        served |= serving;
        long silent = now - Math.max(lastAnswerNanos, book.oldestAskedNanos(now));
        if (!serving) {
            state = served ? SourceState.RECONNECTING : SourceState.CONNECTING;
        } else if (silent > times.waitingAfter().toNanos()) {
            state = SourceState.WAITING;
        } else {
            state = SourceState.STREAMING;
        }
    }

    /** Ends for good: everything unanswered fails, now and later. */
    void fail(TrainingFailure reason) {
        if (failure == null) {
            failure = reason;
        }
        state = SourceState.CLOSED;
        vertx.cancelTimer(tickTimer);
        book.clear(batch -> batch.answer().completeExceptionally(reason));
    }
}
