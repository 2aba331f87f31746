package io.reflux.benchmarks.step;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.reflux.model.runtime.Inputs;
import java.util.stream.LongStream;

/** DJL's blocks, trainer and optimiser, as a Java programmer would use them without Reflux; fp32. */
final class DjlStep implements Contender {

    private final Workload workload;
    private final Shape shape;
    private final float[] inputs;
    private final float[] teacherLogits;
    private final int[] labels;
    private final Model model;
    private final Trainer trainer;

    DjlStep(Workload workload) {
        this.workload = workload;
        this.inputs = ((Inputs.Samples) workload.inputs()).values();
        this.teacherLogits = workload.teacherLogits();
        this.labels = workload.labels();
        this.shape = new Shape(LongStream.concat(
                        LongStream.of(workload.batch()),
                        workload.network().input().stream().mapToLong(Integer::longValue))
                .toArray());
        this.model = Model.newInstance(workload.network().key(), "PyTorch");
        model.setBlock(DjlBlocks.of(workload.network()));
        Optimizer momentum = Optimizer.sgd()
                .setLearningRateTracker(Tracker.fixed((float) LEARNING_RATE))
                .optMomentum((float) MOMENTUM)
                .build();
        // Only the optimiser is taken from the configuration: the loss is written out below.
        this.trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss())
                .optOptimizer(momentum)
                .optDevices(Engine.getEngine("PyTorch").getDevices(0)));
        trainer.initialize(shape);
    }

    @Override
    public String name() {
        return "DJL blocks";
    }

    @Override
    public double run(int steps, Clock clock) {
        double begin = clock.seconds();
        for (int i = 0; i < steps; i++) {
            step();
        }
        return clock.seconds() - begin;
    }

    private float step() {
        try (NDManager batch = trainer.getManager().newSubManager()) {
            NDArray q = batch.create(
                    teacherLogits, new Shape(workload.rows(), workload.network().classes()));
            NDArray y = batch.create(labels);
            NDList x = new NDList(batch.create(inputs, shape));
            float value;
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDList outputs = trainer.forward(x);
                outputs.attach(batch);
                NDArray loss = loss(outputs.get(0), q, y);
                collector.backward(loss);
                value = loss.getFloat();
            }
            trainer.step();
            return value;
        }
    }

    /** T² · KL(softmax(q / T) ‖ softmax(z / T)) + cross-entropy(z, y), means over the rows. */
    private static NDArray loss(NDArray z, NDArray q, NDArray y) {
        float temperature = (float) TEMPERATURE;
        NDArray teacher = q.div(temperature).logSoftmax(1);
        NDArray soft = teacher.exp()
                .mul(teacher.sub(z.div(temperature).logSoftmax(1)))
                .sum(new int[] {1})
                .mean()
                .mul(temperature * temperature);
        NDArray hard = Loss.softmaxCrossEntropyLoss().evaluate(new NDList(y), new NDList(z));
        return soft.add(hard);
    }

    @Override
    public void close() {
        trainer.close();
        model.close();
    }
}
