package io.reflux.benchmarks.step;

import io.reflux.model.graph.ModelGraph;
import io.reflux.model.precision.Precision;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSetting;
import io.reflux.model.zoo.ZooSpec;
import java.util.List;
import java.util.Random;

/**
 * What a step is made of. Shapes: B batch, E elements of a sample, T positions of a sample (1 for images), C classes.
 *
 * @param network the network
 * @param batch B, at least 1
 * @param precision what forward and backward pass compute in
 */
record Workload(Network network, int batch, Precision precision) {

    /** The networks, by the names that both sides know. */
    enum Network {
        /** Next to no arithmetic: what is left is a step's fixed cost. */
        TINY("tiny", "mlp", List.of(1, 28, 28), 10),
        MLP("mlp", "mlp", List.of(1, 28, 28), 10),
        LENET_5("lenet-5", "lenet-5", List.of(1, 28, 28), 10),
        RESNET_20("resnet-20", "resnet-20", List.of(3, 32, 32), 10),
        MOBILENET_V1("mobilenet-v1", "mobilenet-v1", List.of(3, 32, 32), 10),
        /** 64 tokens of 65 characters. */
        GPT("gpt", "gpt", List.of(64), 65);

        private final String key;
        private final String zooName;
        private final List<Integer> input;
        private final int classes;

        Network(String key, String zooName, List<Integer> input, int classes) {
            this.key = key;
            this.zooName = zooName;
            this.input = input;
            this.classes = classes;
        }

        String key() {
            return key;
        }

        /** Shape of a sample. */
        List<Integer> input() {
            return input;
        }

        int classes() {
            return classes;
        }

        int positions() {
            return this == GPT ? input.get(0) : 1;
        }

        boolean inZoo() {
            return Zoo.knows(zooName);
        }

        ModelGraph graph() {
            ZooSpec spec = ZooSpec.of(zooName).withInputShape(input).withNumClasses(classes);
            return Zoo.build(
                    switch (this) {
                        case TINY -> spec.withHidden(2);
                        case MLP -> spec.withHidden(800, 800);
                        case MOBILENET_V1 -> spec.with(ZooSetting.WIDTH, 0.25);
                        case LENET_5, RESNET_20, GPT -> spec;
                    });
        }

        static Network of(String key) {
            for (Network network : values()) {
                if (network.key.equals(key)) {
                    return network;
                }
            }
            throw new IllegalArgumentException(
                    "network: " + key + " (expected: tiny, mlp, lenet-5, resnet-20, mobilenet-v1 or gpt)");
        }
    }

    /** B·T. */
    int rows() {
        return batch * network.positions();
    }

    /** B×E inputs of seed 1. */
    Inputs inputs() {
        int elements = batch * network.input().stream().reduce(1, Math::multiplyExact);
        Random random = new Random(1);
        return network == Network.GPT
                ? Inputs.of(random.longs(elements, 0, network.classes()).toArray())
                : Inputs.of(floats(elements, random));
    }

    /** B·T×C teacher logits of seed 2. */
    float[] teacherLogits() {
        return floats(rows() * network.classes(), new Random(2));
    }

    /** B·T labels of seed 3. */
    int[] labels() {
        return new Random(3).ints(rows(), 0, network.classes()).toArray();
    }

    private static float[] floats(int number, Random random) {
        float[] values = new float[number];
        for (int i = 0; i < number; i++) {
            values[i] = random.nextFloat();
        }
        return values;
    }
}
