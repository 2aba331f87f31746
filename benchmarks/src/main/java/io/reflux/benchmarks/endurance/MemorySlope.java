package io.reflux.benchmarks.endurance;

import io.reflux.benchmarks.measure.ResidentMemory;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.step.DistillationLoss;
import io.reflux.model.step.Sgd;
import io.reflux.model.step.TrainState;
import io.reflux.model.step.TrainStep;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * Trains a model of the zoo and watches the process's memory: {@code MemorySlope MODEL STEPS [ROWS [LIMIT]]}. Every 50 steps it
 * also evaluates, copies and restores the whole state, exports, has a wrong batch refused, and opens and closes another
 * step. The first fifth of the steps is warm-up; the slope of the rest, in MB for 1000 steps, is printed, and the exit
 * status is 1 if it is above the limit (1 unless told otherwise). Run it with a fixed heap ({@code -Xms = -Xmx, -XX:+AlwaysPreTouch}), so that only native
 * memory can grow.
 */
public final class MemorySlope {

    private static final double LIMIT_MB = 1;
    private static final int CHORES_EVERY = 50;

    private MemorySlope() {}

    /** Runs the steps. */
    public static void main(String[] args) throws IOException {
        if (args.length < 2) {
            System.err.println("usage: benchmarks/run endurance.MemorySlope MODEL STEPS [ROWS [LIMIT]]");
            System.exit(2);
        }
        int steps = Integer.parseInt(args[1]);
        int rows = args.length > 2 ? Integer.parseInt(args[2]) : 32;
        double limit = args.length > 3 ? Double.parseDouble(args[3]) : LIMIT_MB;
        System.exit(run(args[0], steps, rows) <= limit ? 0 : 1);
    }

    private static double run(String model, int steps, int rows) throws IOException {
        List<Integer> shape =
                model.startsWith("lenet") || model.equals("mlp") ? List.of(1, 28, 28) : List.of(3, 32, 32);
        ZooSpec spec = ZooSpec.of(model).withInputShape(shape);
        SyntheticBatch batch = SyntheticBatch.of(spec, rows, 1);
        Slope memory = new Slope();
        long first = 0;
        try (TrainStep step = open(spec)) {
            for (int i = 0; i < steps; i++) {
                train(step, batch, i);
                if (i % CHORES_EVERY == 0) {
                    chores(step, spec, batch);
                    long resident = ResidentMemory.kilobytes("self") * 1024;
                    if (i >= steps / 5) {
                        first = first == 0 ? resident : first;
                        memory.add(i / 1000.0, resident / 1e6);
                    }
                    if (i % (CHORES_EVERY * 20) == 0) {
                        System.err.printf(Locale.ROOT, "%s step %d: %.1f MB%n", model, i, resident / 1e6);
                    }
                }
            }
        }
        double slope = memory.perUnit();
        System.out.printf(
                Locale.ROOT,
                "| %s | %d | %d | %.1f | %.1f | %.3f |%n",
                model,
                rows,
                steps,
                first / 1e6,
                ResidentMemory.kilobytes("self") * 1024 / 1e6,
                slope);
        return slope;
    }

    private static TrainStep open(ZooSpec spec) {
        return TrainStep.compile(
                Zoo.build(spec), new DistillationLoss(4, 0.9, 0.1), new Sgd(0.9, true, 1e-4), "cpu", 1);
    }

    private static void train(TrainStep step, SyntheticBatch batch, int number) {
        step.run(batch.inputs(), batch.rows(), batch.teacherLogits(), batch.labels(), 1e-4, number);
    }

    private static void chores(TrainStep step, ZooSpec spec, SyntheticBatch batch) {
        step.logits(Inputs.of(batch.inputs()), batch.rows());
        TrainState state = step.state();
        step.restore(state);
        step.export();
        refused(() -> step.run(new float[1], batch.rows(), batch.teacherLogits(), batch.labels(), 1e-4, 0));
        float[] infinite = batch.inputs().clone();
        infinite[0] = Float.NaN;
        refused(() -> step.run(infinite, batch.rows(), batch.teacherLogits(), batch.labels(), 1e-4, 0));
        try (TrainStep other = open(spec)) {
            other.restore(state);
        }
    }

    private static void refused(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            return;
        }
        throw new IllegalStateException("a wrong batch was taken (expected: refused)");
    }
}
