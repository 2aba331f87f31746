package io.reflux.student.hint;

import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.graph.ValueInfo;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.step.HintLoss;
import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.recipe.HintConfig;
import io.reflux.student.source.Hint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A student whose hidden layers are outputs, each of the shape of the teacher's hint that it is to match: where the widths
 * differ, behind a {@link Regressor}. What trains is one graph, so that checkpoints hold the regressors too; what is
 * exported is the student alone.
 */
public final class HintedStudent {
    private final ModelGraph student;
    private final ModelGraph graph;
    private final List<HintLoss> losses;

    private HintedStudent(ModelGraph student, ModelGraph graph, List<HintLoss> losses) {
        this.student = student;
        this.graph = graph;
        this.losses = List.copyOf(losses);
    }

    /**
     * Joins a student and hints; without any it stays as it is.
     *
     * @param hints the teacher's, in the order of {@code configs}
     * @param stage path of the stage in the recipe, for messages
     * @param seed of the regressors' weights
     * @throws TrainingFailure with code MISMATCH when the student has no such value, or one that cannot be matched
     */
    public static HintedStudent of(
            ModelGraph student, List<HintConfig> configs, List<Hint> hints, String stage, long seed) {
        List<HintLoss> losses = new ArrayList<>();
        if (configs.isEmpty()) {
            return new HintedStudent(student, student, losses);
        }
        if (hints.size() != configs.size()) {
            throw new IllegalArgumentException("hints: " + hints.size() + " (expected: " + configs.size() + ")");
        }
        ModelGraph extended = student;
        for (int i = 0; i < configs.size(); i++) {
            extended = withValue(extended, configs.get(i).student(), stage + ".hints[" + i + "].student");
        }
        GraphContext context = GraphContext.of(extended);
        ModelGraphBuilder builder = student.toBuilder();
        List<String> outputs =
                new ArrayList<>(student.outputs().stream().map(ValueInfo::name).toList());
        for (int i = 0; i < configs.size(); i++) {
            String value = configs.get(i).student();
            Regressor regressor =
                    Regressor.of(stage + ".hints[" + i + "]", value, context.shape(value), hints.get(i), i, seed);
            regressor.addTo(builder);
            if (!outputs.contains(regressor.output())) {
                outputs.add(regressor.output());
                builder.outputOfAnyShape(regressor.output(), context.type(value));
            }
            losses.add(new HintLoss(regressor.output(), configs.get(i).weight()));
        }
        return new HintedStudent(student, builder.build(), losses);
    }

    /** Whether a parameter of a graph that trained with hints is a regressor's, and so no part of the student. */
    public static boolean isRegressor(String parameter) {
        return parameter.startsWith(Regressor.PREFIX);
    }

    private static ModelGraph withValue(ModelGraph graph, String value, String path) {
        try {
            return graph.withOutputs(List.of(value));
        } catch (ModelException e) {
            throw new TrainingFailure(TrainingFailure.Code.MISMATCH, path + ": " + e.getMessage(), e);
        }
    }

    /** Returns what trains. */
    public ModelGraph graph() {
        return graph;
    }

    /** Returns the hints' parts of the loss, in their order. */
    public List<HintLoss> losses() {
        return losses;
    }

    /** Returns the student with the weights of the trained graph, and nothing else of it. */
    public ModelGraph stripped(ModelGraph trained) {
        if (losses.isEmpty()) {
            return trained;
        }
        Map<String, GraphTensor> own = new HashMap<>(trained.initializers());
        own.keySet().retainAll(student.initializers().keySet());
        return student.withInitializers(own);
    }
}
