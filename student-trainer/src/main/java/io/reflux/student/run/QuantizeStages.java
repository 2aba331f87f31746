package io.reflux.student.run;

import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.plan.BitPlan;
import io.reflux.student.plan.PlanFile;
import io.reflux.student.recipe.QuantizeConfig;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.source.CurrentSource;
import io.reflux.student.source.SoftLabelSource;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The stages of a recipe that quantise the student. */
final class QuantizeStages {
    private final Recipe recipe;
    private final RunOptions options;
    private final RunData data;
    private final Teachers teachers;
    private final CurrentSource current;
    /** Plans of stages that have one, by stage. */
    private final Map<Integer, BitPlan> plans = new HashMap<>();

    /**
     * Reads the plans before the first step: one that does not fit shall not be found out after hours.
     *
     * @param student as the run begins with it
     * @param current told of the teacher while a stage asks it
     */
    QuantizeStages(
            Recipe recipe,
            RunOptions options,
            RunData data,
            Teachers teachers,
            CurrentSource current,
            ModelGraph student) {
        this.recipe = recipe;
        this.options = options;
        this.data = data;
        this.teachers = teachers;
        this.current = current;
        for (int i = 0; i < recipe.stages().size(); i++) {
            if (recipe.stages().get(i) instanceof QuantizeConfig config) {
                String plan = config.plan();
                if (plan != null) {
                    plans.put(i, PlanFile.read(Path.of(plan), student));
                }
            }
        }
    }

    /** Returns the student as a stage quantises it; the teacher is asked only where it is rounded as the teacher answers. */
    ModelGraph run(int index, QuantizeConfig config, ModelGraph graph) {
        QuantizeStage stage = new QuantizeStage(config, plans.get(index), data, recipe.device(), options.out());
        if (!config.roundsAsTaught()) {
            return stage.run(graph, null);
        }
        try (SoftLabelSource teacher = teachers.openForCalibration(QuantizeStage.BATCH)) {
            teachers.requireSame(teacher);
            current.set(teacher);
            return stage.run(graph, teacher);
        } finally {
            current.set(null);
        }
    }
}
