package io.reflux.benchmarks.stall;

import io.reflux.benchmarks.measure.ResidentMemory;
import io.reflux.benchmarks.wire.RawStudent;
import io.reflux.benchmarks.wire.TeacherAtWork;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Stalls students of a running teacher and watches its memory: {@code StalledStudents HOST:PORT PID STUDENTS SECONDS}.
 *
 * <p>One student reads all the time. The others ask for 5 MB of labels, grant 128 KiB of credit
 * and never read; they are watched from ten seconds after they began, when what the credit covers is computed. The
 * resident set of process PID is read from the operating system every second; all goes to standard output as Markdown.
 */
public final class StalledStudents {

    private static final int WARM_UP_SECONDS = 20;
    private static final int SETTLE_SECONDS = 10;
    /** The phases without stalled students are there to compare with, and need not be as long. */
    private static final int MOST_SECONDS_BESIDE = 60;

    private final Vertx vertx = Vertx.vertx();
    private final TeacherAtWork teacher;

    private StalledStudents(String address, String pid) throws Exception {
        this.teacher = TeacherAtWork.at(vertx, address, pid);
    }

    /** Runs the comparison. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 4) {
            System.err.println("usage: StalledStudents HOST:PORT TEACHER_PID STUDENTS SECONDS");
            System.exit(2);
        }
        StalledStudents program = new StalledStudents(arguments[0], arguments[1]);
        try {
            program.run(Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
        } finally {
            program.vertx.close().await(5, TimeUnit.SECONDS);
        }
    }

    private void run(int students, int seconds) throws Exception {
        int beside = Math.min(seconds, MOST_SECONDS_BESIDE);
        RawStudent healthy = teacher.student(vertx, RawStudent.Plan.GREEDY);
        watch(healthy, WARM_UP_SECONDS); // the teacher's JIT and pools
        Phase before = watch(healthy, beside);
        List<RawStudent> stalled = new ArrayList<>();
        for (int i = 0; i < students; i++) {
            stalled.add(teacher.student(vertx, RawStudent.Plan.STALLED));
        }
        watch(healthy, SETTLE_SECONDS);
        Phase during = watch(healthy, seconds);
        stalled.forEach(RawStudent::cancel);
        Phase after = watch(healthy, beside);
        healthy.cancel();
        System.out.println(
                "| phase | seconds | samples/s of the student that reads | teacher's resident MB: start | max | end |");
        System.out.println("|---|---|---|---|---|---|");
        print("no stalled student", before);
        print(students + " stalled students", during);
        print("stalled students gone", after);
    }

    private Phase watch(RawStudent healthy, int seconds) throws IOException, InterruptedException {
        long from = System.nanoTime();
        long samples = healthy.samples();
        List<Long> resident = new ArrayList<>();
        for (int second = 0; second <= seconds; second++) {
            resident.add(ResidentMemory.kilobytes(teacher.process()));
            Thread.sleep(1000);
        }
        double elapsed = (System.nanoTime() - from) / 1e9;
        return new Phase((healthy.samples() - samples) / elapsed, resident);
    }

    private static void print(String name, Phase phase) {
        List<Long> resident = phase.residentKilobytes;
        System.out.printf(
                Locale.ROOT,
                "| %s | %d | %.0f | %.0f | %.0f | %.0f |%n",
                name,
                resident.size() - 1,
                phase.samplesPerSecond,
                resident.get(0) / 1024.0,
                resident.stream().mapToLong(Long::longValue).max().orElseThrow() / 1024.0,
                resident.get(resident.size() - 1) / 1024.0);
    }

    private record Phase(double samplesPerSecond, List<Long> residentKilobytes) {}
}
