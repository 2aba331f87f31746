package io.reflux.student.run;

import io.reflux.data.DataSet;
import io.reflux.data.SampleShape;
import io.reflux.data.TextDataSet;
import io.reflux.model.frozen.RunningStatistics;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ValueInfo;
import io.reflux.model.operator.ShapeInference;
import io.reflux.model.zoo.FreshWeights;
import io.reflux.model.zoo.Initialization;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSetting;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.recipe.StudentConfig;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The student before training. */
final class StudentGraph {
    private StudentGraph() {}

    /** Builds or reads the student and checks that it takes the set's samples and knows its classes. */
    static ModelGraph open(StudentConfig config, DataSet set, long seed) {
        String onnx = config.onnx();
        ModelGraph graph = onnx == null ? build(config, set, seed) : read(config, Path.of(onnx), seed);
        requireFits(onnx == null ? "student" : onnx, graph, set);
        return graph;
    }

    private static ModelGraph read(StudentConfig config, Path onnx, long seed) {
        try {
            ModelGraph graph = RunningStatistics.of(config.file().apply(ModelGraph.read(onnx)));
            if (config.weights().equals("keep")) {
                return graph;
            }
            Initialization chosen = config.initialization();
            return FreshWeights.draw(graph, chosen == null ? Initialization.HE_NORMAL : chosen, seed);
        } catch (ModelException e) {
            boolean recipe = e.code() == ModelException.Code.INVALID_ARGUMENT;
            throw new TrainingFailure(
                    recipe ? TrainingFailure.Code.RECIPE : TrainingFailure.Code.RESOURCE,
                    (recipe ? "student." : "student: ") + e.getMessage(),
                    e);
        }
    }

    private static ModelGraph build(StudentConfig config, DataSet set, long seed) {
        try {
            return Zoo.build(new ZooSpec(
                    String.valueOf(config.zoo()),
                    shape(set),
                    set.numClasses(),
                    settings(config, set),
                    config.initialization(),
                    seed));
        } catch (ModelException e) {
            throw new TrainingFailure(TrainingFailure.Code.RECIPE, "student: " + e.getMessage(), e);
        }
    }

    private static List<Integer> shape(DataSet set) {
        if (set instanceof TextDataSet text) {
            return List.of(text.length());
        }
        SampleShape shape = set.images().shape();
        return List.of(shape.channels(), shape.height(), shape.width());
    }

    /** What the recipe chose, and how many words there are where labels do not say it. */
    private static Map<ZooSetting, Object> settings(StudentConfig config, DataSet set) {
        if (!(set instanceof TextDataSet text) || text.positions() > 1) {
            return config.settings();
        }
        Map<ZooSetting, Object> settings = new EnumMap<>(ZooSetting.class);
        settings.putAll(config.settings());
        settings.put(ZooSetting.VOCABULARY, text.vocabulary().size());
        return settings;
    }

    private static void requireFits(String name, ModelGraph graph, DataSet set) {
        if (graph.inputs().size() != 1 || graph.outputs().isEmpty()) {
            throw mismatch(name + ": " + graph.inputs().size() + " inputs, "
                    + graph.outputs().size() + " outputs (expected: one input, and logits)");
        }
        ValueInfo input = graph.inputs().get(0);
        ElementType type = set instanceof TextDataSet ? ElementType.INT64 : ElementType.FLOAT;
        long expected = elements(shape(set).stream().map(Integer::longValue).toList());
        if (input.type() != type || elements(tail(input.shape())) != expected) {
            throw mismatch(name + ": input " + input.type() + " of shape " + input.shape() + " (expected: " + type
                    + " batches of " + set.sampleDescription() + ", as in data set " + set.name() + ")");
        }
        List<Long> output = logits(graph);
        long classes = output.isEmpty() ? 0 : output.get(output.size() - 1);
        if (classes != set.numClasses()) {
            throw mismatch(name + ": " + classes + " classes (expected: " + set.numClasses() + ", as in data set "
                    + set.name() + ")");
        }
        if (output.size() > 1 && elements(output.subList(1, output.size() - 1)) != set.positions()) {
            throw mismatch(name + ": logits of shape " + output + " (expected: for " + set.positions()
                    + " positions of a sample, as in data set " + set.name() + ")");
        }
    }

    /** The shape that the file declares, or where it leaves more than the batch open, the one that the nodes make. */
    private static List<Long> logits(ModelGraph graph) {
        ValueInfo output = graph.outputs().get(0);
        if (!output.shape().isEmpty() && !tail(output.shape()).contains(-1L)) {
            return output.shape();
        }
        try {
            return ShapeInference.infer(graph).getOrDefault(output.name(), List.of());
        } catch (ModelException e) {
            throw new TrainingFailure(TrainingFailure.Code.RESOURCE, "student: " + e.getMessage(), e);
        }
    }

    private static long elements(List<Long> shape) {
        return shape.stream().reduce(1L, (a, b) -> a * b);
    }

    private static List<Long> tail(List<Long> shape) {
        return shape.isEmpty() ? shape : shape.subList(1, shape.size());
    }

    private static TrainingFailure mismatch(String message) {
        return new TrainingFailure(TrainingFailure.Code.MISMATCH, message);
    }
}
