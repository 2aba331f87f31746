package io.reflux.model.step;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A small network with its double-precision reference, and a batch for it. */
final class StepFixture {

    static final int ROWS = 6;
    static final int INPUTS = 5;
    static final int CLASSES = 3;
    static final DistillationLoss MIXED = new DistillationLoss(3, 0.7, 0.4);

    final DoubleMlp reference = new DoubleMlp(11, INPUTS, 7, CLASSES);
    final float[] inputs = gaussian(1, ROWS * INPUTS, 1);
    final float[] teacherLogits = gaussian(2, ROWS * CLASSES, 4);
    final int[] labels = {0, 1, 2, 1, 0, 2};

    StepFixture() {
        reference.roundToFloat();
    }

    TrainStep compile(Optimizer optimizer, StepOptions options) {
        return TrainStep.compile(reference.graph(), MIXED, optimizer, options, "cpu", 5);
    }

    StepResult run(TrainStep step, double learningRate, long number) {
        return step.run(inputs, ROWS, teacherLogits, labels, learningRate, number);
    }

    List<double[]> gradients() {
        return reference.gradients(MIXED, inputs, teacherLogits, labels);
    }

    List<double[]> zeros() {
        List<double[]> zeros = new ArrayList<>();
        reference.parameters.forEach(parameter -> zeros.add(new double[parameter.length]));
        return zeros;
    }

    /** A parameter of a step, by its place in the reference. */
    static float[] parameter(TrainStep step, int index) {
        return step.state().tensors().get("parameter/" + name(index));
    }

    static boolean isWeight(int parameter) {
        return parameter % 2 == 0;
    }

    static String name(int parameter) {
        return (isWeight(parameter) ? "weight" : "bias") + parameter / 2;
    }

    /** The largest difference between parameters of two steps. */
    static double distance(TrainStep a, TrainStep b) {
        Map<String, float[]> left = a.state().tensors();
        Map<String, float[]> right = b.state().tensors();
        double largest = 0;
        for (Map.Entry<String, float[]> entry : left.entrySet()) {
            if (entry.getKey().startsWith("parameter/")) {
                float[] other = right.get(entry.getKey());
                for (int i = 0; i < other.length; i++) {
                    largest = Math.max(largest, Math.abs(entry.getValue()[i] - other[i]));
                }
            }
        }
        return largest;
    }

    static float[] gaussian(long seed, int size, double scale) {
        Random random = new Random(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (random.nextGaussian() * scale);
        }
        return values;
    }
}
