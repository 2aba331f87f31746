package io.reflux.benchmarks.streaming;

import io.reflux.benchmarks.wire.RawStudent;
import io.reflux.benchmarks.wire.TeacherAtWork;
import io.vertx.core.Vertx;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Labels a second of a running teacher for one student that does not train: {@code LabelRate HOST:PORT PID SECONDS}. */
public final class LabelRate {

    private static final int SETTLE_SECONDS = 3;

    private LabelRate() {}

    /** Prints samples a second, nothing else. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 3) {
            System.err.println("usage: LabelRate HOST:PORT TEACHER_PID SECONDS");
            System.exit(2);
        }
        Vertx vertx = Vertx.vertx();
        RawStudent student = TeacherAtWork.at(vertx, arguments[0], arguments[1]).student(vertx, RawStudent.Plan.GREEDY);
        TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
        long samples = student.samples();
        long from = System.nanoTime();
        TimeUnit.SECONDS.sleep(Long.parseLong(arguments[2]));
        double elapsed = (System.nanoTime() - from) / 1e9;
        System.out.printf(Locale.ROOT, "%.0f%n", (student.samples() - samples) / elapsed);
        student.cancel();
        vertx.close().await(SETTLE_SECONDS, TimeUnit.SECONDS);
    }
}
