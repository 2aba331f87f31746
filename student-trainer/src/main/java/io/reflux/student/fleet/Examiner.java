package io.reflux.student.fleet;

import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.source.SoftLabels;
import io.reflux.student.source.SourceState;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks teachers the canaries, settles with the first answers what the fleet says, and judges all others by that. On the fleet's
 * event loop but for what says otherwise.
 */
final class Examiner {
    private static final Logger LOG = LoggerFactory.getLogger(Examiner.class);

    private final Vertx vertx;
    private final Context context;
    private final FleetWatch watch;
    private final Dispatch dispatch;
    private final Collection<Teacher> teachers;
    private final Listener listener;
    private final Duration settle;
    private final boolean acceptModelChange;
    private final Canary canary;
    private final Election election;
    private final CompletableFuture<SoftLabelSource> elected = new CompletableFuture<>();
    private volatile String modelDigest = "";
    private boolean over;

    /** Told what examinations come to. */
    interface Listener {
        /** A teacher says what the fleet says; it may be serving already. */
        void onPassed(Teacher teacher);

        /** A teacher says something else than its model said before. */
        void onDisagreement(Teacher teacher, String wrong);

        /** A teacher cannot be examined, or has another model. */
        void onFailed(Teacher teacher, Throwable failure);
    }

    /** @param teachers those of the fleet, always as of now */
    Examiner(
            Vertx vertx,
            Context context,
            FleetConfig config,
            FleetWatch watch,
            Dispatch dispatch,
            Collection<Teacher> teachers,
            Listener listener) {
        this.vertx = vertx;
        this.context = context;
        this.watch = watch;
        this.dispatch = dispatch;
        this.teachers = teachers;
        this.listener = listener;
        this.settle = config.times().settle();
        this.acceptModelChange = config.acceptModelChange();
        this.canary = new Canary(config.setSize(), config.canaries(), config.encoding());
        this.election = new Election(canary, acceptModelChange ? null : config.modelDigest());
    }

    /** Returns the source of a teacher that speaks for the fleet, once there is one; from any thread. */
    CompletableFuture<SoftLabelSource> elected() {
        return elected;
    }

    /** Returns the model of the fleet, empty before there is one; from any thread. */
    String modelDigest() {
        return modelDigest;
    }

    /** Returns why a teacher with a model is not to be examined at all, if it is not. */
    Optional<TrainingFailure> refusal(Teacher teacher, String digest) {
        String known = election.modelDigest();
        return known == null || acceptModelChange || known.equals(digest)
                ? Optional.empty()
                : Optional.of(new TrainingFailure(
                        TrainingFailure.Code.OTHER_MODEL,
                        "teacher " + teacher.address() + ": model " + digest + " (expected: " + known
                                + ", the model of the fleet)"));
    }

    /** Returns whether a teacher has answered and waits for the others to do so. */
    boolean waitsForOthers(Teacher teacher) {
        return election.candidates().containsKey(teacher);
    }

    void examine(Teacher teacher, SoftLabelSource source) {
        source.request(canary.batch(dispatch.nextAskId()))
                .whenComplete((answer, e) -> context.runOnContext(v -> {
                    if (answer != null) {
                        source.release(answer);
                    }
                    if (over || teacher.source() != source) {
                        return;
                    }
                    if (answer != null) {
                        judge(teacher, answer);
                    } else if (teacher.state() == TeacherState.JOINING || source.state() == SourceState.CLOSED) {
                        listener.onFailed(teacher, e);
                    }
                }));
    }

    private void judge(Teacher teacher, SoftLabels answer) {
        if (!elected.isDone()) {
            if (election.candidates().isEmpty()) {
                vertx.setTimer(settle.toMillis(), timer -> elect());
            }
            election.candidates().put(teacher, answer);
            teacher.attempted();
            electIfSettled();
            return;
        }
        Optional<TrainingFailure> refusal = refusal(teacher, answer.modelDigest());
        if (refusal.isPresent()) {
            listener.onFailed(teacher, refusal.get());
            return;
        }
        boolean first = !election.knows(answer.modelDigest());
        Optional<String> wrong = election.judge(answer);
        if (wrong.isPresent()) {
            listener.onDisagreement(teacher, wrong.get());
            return;
        }
        if (first) {
            LOG.info("teacher {}: model {}; its labels are used from now on", teacher.address(), answer.modelDigest());
            election.change(answer.modelDigest());
            modelDigest = answer.modelDigest();
            watch.onModelChange(modelDigest);
        }
        teacher.setModelDigest(answer.modelDigest());
        listener.onPassed(teacher);
    }

    /** Elects as soon as no teacher's first attempt is open. */
    void electIfSettled() {
        if (!elected.isDone() && teachers.stream().allMatch(teacher -> teacher.attempts() > 0)) {
            elect();
        }
    }

    private void elect() {
        election.candidates().keySet().removeIf(teacher -> teacher.state() != TeacherState.JOINING);
        if (over || elected.isDone() || election.candidates().isEmpty()) {
            return;
        }
        election.elect();
        modelDigest = String.valueOf(election.modelDigest());
        Map<Teacher, SoftLabels> candidates = new LinkedHashMap<>(election.candidates());
        SoftLabelSource speaker = candidates.entrySet().stream()
                .filter(one -> one.getValue().modelDigest().equals(modelDigest))
                .map(one -> one.getKey().source())
                .filter(source -> source != null)
                .findFirst()
                .orElseThrow();
        elected.complete(speaker);
        candidates.forEach(this::judge);
    }

    /** Judges nobody any more. */
    void close() {
        over = true;
    }
}
