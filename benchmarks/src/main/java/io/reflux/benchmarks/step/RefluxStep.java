package io.reflux.benchmarks.step;

import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.Operators;
import io.reflux.model.operator.spi.InitializerRole;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.step.DistillationLoss;
import io.reflux.model.step.Sgd;
import io.reflux.model.step.StepOptions;
import io.reflux.model.step.TrainStep;

/** Reflux: one compiled script a step. */
final class RefluxStep implements Contender {

    private final String name;
    private final Workload workload;
    private final TrainStep step;
    private final long parameters;
    private final Inputs inputs;
    private final float[] teacherLogits;
    private final int[] labels;
    private long next;

    RefluxStep(Workload workload) {
        this("Reflux", workload, workload.network().graph());
    }

    /** As {@link #RefluxStep(Workload)}, of another form of the workload's network. */
    RefluxStep(String name, Workload workload, ModelGraph graph) {
        this.name = name;
        this.workload = workload;
        this.inputs = workload.inputs();
        this.teacherLogits = workload.teacherLogits();
        this.labels = workload.labels();
        this.parameters = Operators.roles(graph).entrySet().stream()
                .filter(entry -> entry.getValue() == InitializerRole.PARAMETER)
                .mapToLong(entry -> graph.initializers().get(entry.getKey()).size())
                .sum();
        this.step = TrainStep.compile(
                graph,
                new DistillationLoss(TEMPERATURE, 1, 1),
                new Sgd(MOMENTUM, false, 0),
                StepOptions.DEFAULT.withPrecision(workload.precision()),
                "cpu",
                1);
    }

    @Override
    public String name() {
        return name;
    }

    /** Numbers that train, to be compared with a peer's. */
    long parameters() {
        return parameters;
    }

    @Override
    public double run(int steps, Clock clock) {
        double begin = clock.seconds();
        for (int i = 0; i < steps; i++) {
            step.run(inputs, workload.batch(), teacherLogits, labels, LEARNING_RATE, next++);
        }
        return clock.seconds() - begin;
    }

    @Override
    public void close() {
        step.close();
    }
}
