package io.reflux.benchmarks.endurance;

import io.reflux.model.graph.ModelGraph;
import io.reflux.model.step.DistillationLoss;
import io.reflux.model.step.Sgd;
import io.reflux.model.step.TrainStep;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;

/**
 * What one process of {@code benchmarks/endurance/process-storm} does: {@code FreshProcess [STEPS]} trains LeNet-5 from
 * the same seed and prints the digest of the weights, which must be the same in every process.
 */
public final class FreshProcess {

    private FreshProcess() {}

    /** Trains and prints. */
    public static void main(String[] args) {
        int steps = args.length > 0 ? Integer.parseInt(args[0]) : 20;
        ZooSpec spec = ZooSpec.of(Zoo.LENET_5);
        ModelGraph trained;
        try (TrainStep step = TrainStep.compile(
                Zoo.build(spec), new DistillationLoss(4, 0.9, 0.1), new Sgd(0.9, true, 1e-4), "cpu", 1)) {
            for (int i = 0; i < steps; i++) {
                SyntheticBatch batch = SyntheticBatch.of(spec, 32, i);
                step.run(batch.inputs(), batch.rows(), batch.teacherLogits(), batch.labels(), 1e-4, i);
            }
            trained = step.export();
        }
        System.out.println(trained.digest());
    }
}
