package io.reflux.model.zoo;

import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * The built-in models. Each takes {@code input}, batch × the sample's shape, and gives {@code logits}, batch × classes;
 * its metadata names the number of classes.
 */
public final class Zoo {

    /** Fully connected layers of any widths with ReLU and dropout. */
    public static final String MLP = "mlp";

    /** 784-300-100-10 in its usual form (LeCun et al. 1998). */
    public static final String LENET_300_100 = "lenet-300-100";

    /** Caffe's LeNet-5: 20 and 50 filters of 5×5, each with pooling, then 500 units. */
    public static final String LENET_5 = "lenet-5";

    private static final TreeMap<String, Function<ZooSpec, ModelGraph>> MODELS = new TreeMap<>();

    static {
        MODELS.put(MLP, Mlp::build);
        MODELS.put(LENET_300_100, spec -> Mlp.build(spec, List.of(300, 100)));
        MODELS.put(LENET_5, LeNet5::build);
    }

    private Zoo() {}

    /** Names of the models, sorted. */
    public static Set<String> names() {
        return Collections.unmodifiableSet(MODELS.keySet());
    }

    /**
     * Builds a model with new weights.
     *
     * @throws ModelException if the sample's shape does not fit the model
     */
    public static ModelGraph build(ZooSpec spec) {
        Function<ZooSpec, ModelGraph> model = MODELS.get(spec.name());
        if (model == null) {
            throw unknown(spec.name());
        }
        return model.apply(spec);
    }

    static void requireKnown(String name) {
        if (!MODELS.containsKey(name)) {
            throw unknown(name);
        }
    }

    private static ModelException unknown(String name) {
        String nearest = Collections.min(
                MODELS.keySet(),
                Comparator.comparingInt(
                        known -> LevenshteinDistance.getDefaultInstance().apply(name, known)));
        return new ModelException(
                ModelException.Code.INVALID_ARGUMENT,
                "model: '" + name + "' (expected: one of " + String.join(", ", MODELS.keySet()) + "; did you mean '"
                        + nearest + "'?)");
    }
}
