package io.reflux.student.fleet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What is wanted of a fleet, and who is asked what. No network, no threads, no clock of its own: all calls come from one event
 * loop and say what time it is.
 *
 * <p>The batch with the smallest id goes to the teacher that would be done with it first, by what it has been asked already and
 * the rate it was measured at. So shares are in proportion to rates; a teacher that would be done later than a busy faster one
 * is left alone. Invariants: a batch is completed once; it is asked of two teachers at a time at most, of each once.
 */
final class WorkBook {
    private static final int HEDGED = 2;

    private final TreeMap<Long, WantedBatch> wanted = new TreeMap<>();
    private final Latencies latencies;
    private long nextAskId;

    WorkBook(Latencies latencies) {
        this.latencies = latencies;
    }

    void add(WantedBatch batch) {
        wanted.put(batch.batchId(), batch);
    }

    boolean isEmpty() {
        return wanted.isEmpty();
    }

    /** Returns an id for an ask, larger than all before. */
    long nextAskId() {
        return nextAskId++;
    }

    /** Returns when the oldest unanswered ask was made; {@code otherwise} when there is none. */
    long oldestAskedNanos(long otherwise) {
        return wanted.values().stream()
                .flatMap(batch -> batch.asks().stream())
                .mapToLong(Ask::askedNanos)
                .min()
                .orElse(otherwise);
    }

    /** Gives out what nobody is being asked for, as far as the best teacher for it has room. */
    List<Ask> assign(Collection<Teacher> teachers, long now) {
        List<Ask> given = new ArrayList<>();
        for (WantedBatch batch : wanted.values()) {
            if (!batch.mayBeAsked(now)) {
                continue;
            }
            Optional<Teacher> best = best(batch, teachers, now);
            if (best.isEmpty() || !best.get().hasRoom()) {
                break;
            }
            given.add(ask(batch, best.get(), now, false));
        }
        return given;
    }

    private static Optional<Teacher> best(WantedBatch batch, Collection<Teacher> teachers, long now) {
        List<Teacher> serving = teachers.stream().filter(Teacher::serving).toList();
        List<Teacher> able =
                serving.stream().filter(teacher -> !batch.failedBy(teacher)).toList();
        // One that has just come may be as fast as the fastest, so it gets work at once.
        double unmeasured = serving.stream()
                .filter(Teacher::measured)
                .mapToDouble(teacher -> teacher.rate(now))
                .max()
                .orElse(1);
        return (able.isEmpty() ? serving : able)
                .stream()
                        .min(Comparator.<Teacher>comparingDouble(
                                        teacher -> teacher.finishSeconds(batch.rows(), unmeasured, now))
                                .thenComparingInt(teacher -> teacher.asks().size())
                                .thenComparingInt(Teacher::slot));
    }

    /** Asks a second teacher, one that has nothing to do, for the batch that is needed next, if that is late. */
    Optional<Ask> hedge(Collection<Teacher> teachers, long now) {
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        WantedBatch next = wanted.firstEntry().getValue();
        if (next.asks().isEmpty()
                || next.asks().size() >= HEDGED
                || now - next.asks().get(0).askedNanos() < latencies.lateAfterNanos()) {
            return Optional.empty();
        }
        return teachers.stream()
                .filter(teacher -> teacher.serving() && teacher.idle() && teacher.hasRoom())
                .filter(teacher -> !next.askedOf(teacher) && !next.failedBy(teacher))
                .min(Comparator.comparingDouble(teacher -> teacher.finishSeconds(next.rows(), Double.MAX_VALUE, now)))
                .map(teacher -> ask(next, teacher, now, true));
    }

    private Ask ask(WantedBatch batch, Teacher teacher, long now, boolean hedge) {
        Ask ask = new Ask(nextAskId(), batch, teacher, now, hedge);
        batch.asks().add(ask);
        teacher.asked(ask);
        return ask;
    }

    /** Takes in an answer, and returns whether it is the batch's first and is to be delivered. */
    boolean answered(Ask ask, long now) {
        if (ask.teacher().settle(ask)) {
            ask.teacher().answered(ask, now);
            latencies.add(now - ask.askedNanos());
        }
        return wanted.remove(ask.batch().batchId(), ask.batch());
    }

    /** Takes in that a teacher could not label a batch; it is asked for again from {@code notBefore} on. */
    void failed(Ask ask, long notBefore) {
        settle(ask);
        ask.batch().failed(ask.teacher(), notBefore);
    }

    /** Takes back all that a teacher was asked. */
    void takeBack(Teacher teacher) {
        for (Ask ask : List.copyOf(teacher.asks())) {
            settle(ask);
        }
    }

    private static void settle(Ask ask) {
        ask.teacher().settle(ask);
        ask.batch().asks().remove(ask);
    }

    /** Gives up everything that is wanted. */
    void clear(Consumer<WantedBatch> each) {
        wanted.values().forEach(each);
        wanted.clear();
    }
}
