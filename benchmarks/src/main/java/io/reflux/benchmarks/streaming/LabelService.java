package io.reflux.benchmarks.streaming;

import io.reflux.benchmarks.measure.ProcessorTime;
import io.reflux.benchmarks.measure.Quantiles;
import io.reflux.benchmarks.measure.ResidentMemory;
import io.reflux.benchmarks.wire.DelayProxy;
import io.reflux.benchmarks.wire.RawStudent;
import io.reflux.benchmarks.wire.TeacherAtWork;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What a running teacher's service costs: {@code LabelService HOST:PORT PID SECONDS}.
 *
 * <p>Processor time a sample and memory with 1, 4, 16 and 64 students that read as fast as they can; latency of a student that asks
 * for one sample at a time, alone and beside others; labels a second with and without delay on the way.
 */
public final class LabelService {

    private static final int[] STUDENTS = {1, 4, 16, 64};
    private static final int[] LOADS = {0, 1, 8};
    private static final long ONE_WAY_MILLIS = 10;
    private static final int DELAY_ROUNDS = 3;
    private static final int SETTLE_SECONDS = 2;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    private final TeacherAtWork teacher;
    private final int seconds;

    private LabelService(String address, String process, int seconds) throws Exception {
        this.teacher = TeacherAtWork.at(vertx, address, process);
        this.seconds = seconds;
    }

    /** Runs all parts and prints a table of each. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 3) {
            System.err.println("usage: LabelService HOST:PORT TEACHER_PID SECONDS");
            System.exit(2);
        }
        LabelService program = new LabelService(arguments[0], arguments[1], Integer.parseInt(arguments[2]));
        try {
            program.warmUp();
            program.growth();
            program.latency();
            program.delay();
        } finally {
            program.vertx.close().await(5, TimeUnit.SECONDS);
        }
    }

    private void warmUp() throws Exception {
        measure(teacher, RawStudent.Plan.GREEDY, 4, Math.max(10, seconds));
    }

    private void growth() throws Exception {
        System.out.println("| students | samples/s | teacher's processor time, µs a sample | teacher's resident MB |");
        System.out.println("|---|---|---|---|");
        for (int students : STUDENTS) {
            Load load = measure(teacher, RawStudent.Plan.GREEDY, students, seconds);
            System.out.printf(
                    Locale.ROOT,
                    "| %d | %.0f | %.2f | %.0f |%n",
                    students,
                    load.samplesPerSecond,
                    load.processorMicros,
                    ResidentMemory.kilobytes(teacher.process()) / 1024.0);
        }
        System.out.println();
    }

    private void latency() throws Exception {
        System.out.println("| students beside it | requests | latency of one sample, ms: median | 99 % | 99.9 % |");
        System.out.println("|---|---|---|---|---|");
        for (int students : LOADS) {
            List<RawStudent> others = open(teacher, RawStudent.Plan.GREEDY, students);
            RawStudent single = teacher.student(vertx, RawStudent.Plan.SINGLE);
            TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
            single.takeLatencies();
            TimeUnit.SECONDS.sleep(seconds);
            List<Long> latencies = single.takeLatencies();
            others.forEach(RawStudent::samples);
            others.forEach(RawStudent::cancel);
            single.cancel();
            Quantiles quantiles = new Quantiles(latencies);
            System.out.printf(
                    Locale.ROOT,
                    "| %d | %d | %.2f | %.2f | %.2f |%n",
                    students,
                    latencies.size(),
                    quantiles.median() / 1e6,
                    quantiles.at(0.99) / 1e6,
                    quantiles.at(0.999) / 1e6);
        }
        System.out.println();
    }

    /** Both ways go through a proxy, since it costs processor time itself; they take turns. */
    private void delay() throws Exception {
        DelayProxy near = DelayProxy.start(vertx, teacher.address(), 0);
        DelayProxy far = DelayProxy.start(vertx, teacher.address(), ONE_WAY_MILLIS);
        List<Double> without = new ArrayList<>();
        List<Double> with = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < DELAY_ROUNDS; round++) {
            without.add(measure(teacher.behind(near.address()), RawStudent.Plan.DISTANT, 1, seconds).samplesPerSecond);
            with.add(measure(teacher.behind(far.address()), RawStudent.Plan.DISTANT, 1, seconds).samplesPerSecond);
            ratios.add(with.get(round) / without.get(round));
        }
        System.out.println("| samples/s through a proxy | with 10 ms each way | ratio | spread |");
        System.out.println("|---|---|---|---|");
        Quantiles ratio = new Quantiles(ratios);
        System.out.printf(
                Locale.ROOT,
                "| %.0f | %.0f | **%.3f** | %.3f to %.3f |%n",
                new Quantiles(without).median(),
                new Quantiles(with).median(),
                ratio.median(),
                ratio.at(0),
                ratio.at(1));
    }

    private Load measure(TeacherAtWork asked, RawStudent.Plan plan, int students, int duration) throws Exception {
        List<RawStudent> all = open(asked, plan, students);
        TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
        long samples = samples(all);
        double processor = ProcessorTime.seconds(teacher.process());
        long from = System.nanoTime();
        TimeUnit.SECONDS.sleep(duration);
        double elapsed = (System.nanoTime() - from) / 1e9;
        long labelled = samples(all) - samples;
        double spent = ProcessorTime.seconds(teacher.process()) - processor;
        all.forEach(RawStudent::cancel);
        return new Load(labelled / elapsed, spent / labelled * 1e6);
    }

    private List<RawStudent> open(TeacherAtWork asked, RawStudent.Plan plan, int students) throws Exception {
        List<RawStudent> all = new ArrayList<>();
        for (int i = 0; i < students; i++) {
            all.add(asked.student(vertx, plan));
        }
        return all;
    }

    private static long samples(List<RawStudent> students) {
        return students.stream().mapToLong(RawStudent::samples).sum();
    }

    private record Load(double samplesPerSecond, double processorMicros) {}
}
