package io.reflux.student.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.student.remote.Backoff;
import io.reflux.student.remote.TeacherAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** Teachers that answer one batch after another in virtual time. */
final class WorkBookTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int ROWS = 32;

    private final WorkBook book = new WorkBook(new Latencies(20 * MILLI, 1000 * MILLI));
    private final List<Teacher> teachers = new ArrayList<>();
    /** Time a batch takes, by teacher; 0 for one that never answers. */
    private final Map<Teacher, Long> serviceNanos = new HashMap<>();

    private final Map<Teacher, Long> busyUntil = new HashMap<>();
    private final Map<Teacher, Integer> answered = new HashMap<>();
    private final PriorityQueue<Coming> coming = new PriorityQueue<>(Comparator.comparingLong(Coming::at));
    private final List<Long> delivered = new ArrayList<>();
    private int hedges;
    private int duplicates;
    private long now;

    private record Coming(long at, Ask ask) {}

    private Teacher join(long serviceMillis) {
        Teacher teacher = new Teacher(
                teachers.size(),
                new TeacherAddress("teacher-" + teachers.size(), 1),
                new Backoff(Duration.ofMillis(2), Duration.ofMillis(4), new Random(1)));
        teacher.setSource(new ScriptedTeacher("d").withMaxBatchesInFlight(8));
        teacher.serve();
        teachers.add(teacher);
        serviceNanos.put(teacher, serviceMillis * MILLI);
        return teacher;
    }

    private void want(long batchId) {
        book.add(new WantedBatch(batchId, ROWS, (source, id) -> new CompletableFuture<>()));
    }

    private void send(Ask ask) {
        Teacher teacher = ask.teacher();
        long service = serviceNanos.get(teacher);
        if (service > 0) {
            long end = Math.max(now, busyUntil.getOrDefault(teacher, 0L)) + service;
            busyUntil.put(teacher, end);
            coming.add(new Coming(end, ask));
        }
    }

    /** Runs until so many batches are delivered, with so many wanted at a time; a new one as the oldest is used in order. */
    private void run(long first, int batches, int inFlight) {
        long next = first;
        long used = first;
        int before = delivered.size();
        while (next < first + inFlight) {
            want(next++);
        }
        while (delivered.size() - before < batches) {
            book.assign(teachers, now).forEach(this::send);
            book.hedge(teachers, now).ifPresent(ask -> {
                hedges++;
                send(ask);
            });
            now += MILLI;
            while (!coming.isEmpty() && coming.peek().at() <= now) {
                Ask ask = coming.remove().ask();
                if (book.answered(ask, now)) {
                    delivered.add(ask.batch().batchId());
                    answered.merge(ask.teacher(), 1, Integer::sum);
                } else {
                    duplicates++;
                }
            }
            while (delivered.contains(used)) {
                used++;
                want(next++);
            }
        }
    }

    @Test
    void assign_oneTeacherFourTimesAsFast_getsFourTimesTheWork() {
        Teacher fast = join(10);
        Teacher slow = join(40);

        run(0, 1000, 20);

        // 100 and 25 batches a second.
        assertThat((double) answered.get(fast) / answered.get(slow)).isCloseTo(4, Percentage.withPercentage(20));
        // Both work all the time: 1000 batches at 125 a second take 8 seconds.
        assertThat(now / 1e9).isCloseTo(8, Percentage.withPercentage(10));
        assertThat(delivered).doesNotHaveDuplicates();
    }

    @Test
    void assign_joinerInMidRun_getsWorkAtOnceAndItsShare() {
        Teacher first = join(10);
        run(0, 200, 12);
        Teacher joiner = join(10);
        book.assign(teachers, now).forEach(this::send);

        run(1000, 400, 12);

        assertThat(answered.get(joiner)).isBetween(170, 230);
        assertThat(answered.get(first)).isGreaterThan(370);
    }

    @Test
    void assign_slowTeacherThatBecameFast_isBelievedAgain() {
        join(10);
        Teacher cold = join(400);
        run(0, 300, 8);
        int whileSlow = answered.getOrDefault(cold, 0);
        serviceNanos.put(cold, 10 * MILLI);

        run(10_000, 2000, 8);

        assertThat(whileSlow).isLessThan(30);
        assertThat(answered.get(cold) - whileSlow).isBetween(700, 1100);
    }

    @Test
    void hedge_teacherThatStopsAnswering_isOvertakenByTheOther() {
        Teacher stops = join(10);
        Teacher steady = join(10);
        run(0, 100, 8);
        serviceNanos.put(stops, 0L);

        run(1000, 50, 8);

        assertThat(hedges).isPositive();
        assertThat(delivered).doesNotHaveDuplicates();
        assertThat(answered.get(steady)).isGreaterThan(80);
    }

    @Test
    void hedge_bothAnswer_secondIsDropped() {
        Teacher slow = join(10);
        join(10);
        run(0, 100, 8);
        int before = duplicates;
        // Slow enough to be overtaken, and still it answers.
        serviceNanos.put(slow, 300 * MILLI);

        run(1000, 300, 8);

        assertThat(hedges).isPositive();
        assertThat(duplicates - before).isPositive();
        assertThat(delivered).doesNotHaveDuplicates();
    }

    @Test
    void hedge_nothingLate_asksNobodyTwice() {
        join(10);
        join(10);

        run(0, 500, 8);

        assertThat(hedges).isZero();
    }

    @Test
    void takeBack_teacherThatLeaves_itsBatchesGoToTheOther() {
        Teacher leaver = join(0);
        want(0);
        want(1);
        assertThat(book.assign(teachers, now)).hasSize(2);
        Teacher other = join(10);
        leaver.become(TeacherState.LEFT, "");

        book.takeBack(leaver);

        assertThat(leaver.idle()).isTrue();
        assertThat(book.assign(teachers, now)).extracting(Ask::teacher).containsExactly(other, other);
    }

    @Test
    void failed_teacherThatCannot_anotherIsAskedAfterThePause() {
        Teacher cannot = join(10);
        Teacher can = join(20);
        want(0);
        Ask ask = book.assign(teachers, now).get(0);
        assertThat(ask.teacher()).isSameAs(cannot);

        book.failed(ask, now + 50 * MILLI);

        assertThat(book.assign(teachers, now + 49 * MILLI)).isEmpty();
        assertThat(book.assign(teachers, now + 50 * MILLI))
                .extracting(Ask::teacher)
                .containsExactly(can);
    }
}
