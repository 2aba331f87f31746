package io.reflux.model.zoo;

import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * The built-in models. Each takes {@code input}, batch × the sample's shape, and gives {@code logits}, batch × classes;
 * its metadata names the number of classes. {@code docs/zoo.md} lists them with their papers and sizes.
 */
public final class Zoo {

    /** Fully connected layers of any widths with ReLU and dropout. */
    public static final String MLP = "mlp";

    /** 784-300-100-10 in its usual form (LeCun et al. 1998). */
    public static final String LENET_300_100 = "lenet-300-100";

    /** Caffe's LeNet-5: 20 and 50 filters of 5×5, each with pooling, then 500 units. */
    public static final String LENET_5 = "lenet-5";

    private static final List<ModelFamily> FAMILIES = List.of(
            new Mlp(),
            new LeNet300(),
            new LeNet5(),
            new ResNet8(),
            new ResNet(),
            new WideResNet(),
            new VggSmall(),
            new SqueezeNet(),
            new MobileNetV1(),
            new MobileNetV2(),
            new VisionTransformer(),
            new Gpt(),
            new TransformerEncoder());

    private static final SortedSet<String> NAMES = Collections.unmodifiableSortedSet(FAMILIES.stream()
            .flatMap(family -> family.names().stream())
            .collect(Collectors.toCollection(TreeSet::new)));

    private Zoo() {}

    /** The usual names of the models, sorted; families with numbers in their names know others too. */
    public static Set<String> names() {
        return NAMES;
    }

    /** Whether there is a model of this name. */
    public static boolean knows(String name) {
        return FAMILIES.stream().anyMatch(family -> family.knows(name));
    }

    /** What can be chosen about the named model. */
    public static Set<ZooSetting> settings(String name) {
        return family(name).settings();
    }

    /**
     * Builds a model with new weights.
     *
     * @throws ModelException if the sample's shape does not fit the model
     */
    public static ModelGraph build(ZooSpec spec) {
        return family(spec.name()).build(spec);
    }

    static ModelFamily family(String name) {
        return FAMILIES.stream()
                .filter(family -> family.knows(name))
                .findFirst()
                .orElseThrow(() -> unknown(name));
    }

    private static ModelException unknown(String name) {
        String nearest = Collections.min(
                NAMES,
                Comparator.comparingInt(
                        known -> LevenshteinDistance.getDefaultInstance().apply(name, known)));
        return new ModelException(
                ModelException.Code.INVALID_ARGUMENT,
                "model: '" + name + "' (expected: one of " + String.join(", ", NAMES) + "; did you mean '" + nearest
                        + "'?)");
    }
}
