package io.reflux.student.run;

import io.reflux.data.ImageDataSet;
import io.reflux.data.SampleShape;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ValueInfo;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.recipe.StudentConfig;
import java.nio.file.Path;
import java.util.List;

/** The student before training. */
final class StudentGraph {
    private StudentGraph() {}

    /** Builds or reads the student and checks that it takes the set's samples and knows its classes. */
    static ModelGraph open(StudentConfig config, ImageDataSet set, long seed) {
        String onnx = config.onnx();
        ModelGraph graph = onnx == null ? build(config, set, seed) : read(Path.of(onnx));
        requireFits(onnx == null ? "student" : onnx, graph, set);
        return graph;
    }

    private static ModelGraph read(Path onnx) {
        try {
            return ModelGraph.read(onnx);
        } catch (ModelException e) {
            throw new TrainingFailure(TrainingFailure.Code.RESOURCE, "student: " + e.getMessage(), e);
        }
    }

    private static ModelGraph build(StudentConfig config, ImageDataSet set, long seed) {
        SampleShape shape = set.shape();
        try {
            return Zoo.build(new ZooSpec(
                    String.valueOf(config.zoo()),
                    List.of(shape.channels(), shape.height(), shape.width()),
                    set.numClasses(),
                    config.settings(),
                    config.initialization(),
                    seed));
        } catch (ModelException e) {
            throw new TrainingFailure(TrainingFailure.Code.RECIPE, "student: " + e.getMessage(), e);
        }
    }

    private static void requireFits(String name, ModelGraph graph, ImageDataSet set) {
        if (graph.inputs().size() != 1 || graph.outputs().isEmpty()) {
            throw mismatch(name + ": " + graph.inputs().size() + " inputs, "
                    + graph.outputs().size() + " outputs (expected: one input, and logits)");
        }
        ValueInfo input = graph.inputs().get(0);
        long elements = 1;
        for (long size : tail(input.shape())) {
            elements *= size;
        }
        SampleShape shape = set.shape();
        if (elements != shape.elements()) {
            throw mismatch(name + ": input of shape " + input.shape() + " (expected: batches of " + shape
                    + ", as in data set " + set.name() + ")");
        }
        List<Long> output = graph.outputs().get(0).shape();
        long classes = output.isEmpty() ? 0 : output.get(output.size() - 1);
        if (classes != set.numClasses()) {
            throw mismatch(name + ": " + classes + " classes (expected: " + set.numClasses() + ", as in data set "
                    + set.name() + ")");
        }
    }

    private static List<Long> tail(List<Long> shape) {
        return shape.isEmpty() ? shape : shape.subList(1, shape.size());
    }

    private static TrainingFailure mismatch(String message) {
        return new TrainingFailure(TrainingFailure.Code.MISMATCH, message);
    }
}
