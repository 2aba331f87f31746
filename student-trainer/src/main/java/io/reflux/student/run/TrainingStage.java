package io.reflux.student.run;

import io.reflux.data.sampling.ViewBank;
import io.reflux.student.recipe.HintConfig;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.recipe.StageConfig;
import io.reflux.student.training.StagePlan;
import java.util.List;

/**
 * One stage of steps with what it needs of its recipe.
 *
 * @param recipe what the stage is of
 * @param data what is learnt from
 * @param index index of the stage, from 0
 * @param config the stage
 */
record TrainingStage(Recipe recipe, RunData data, int index, StageConfig.Training config) {
    /** Returns the stage of an index at which the recipe has one of steps. */
    static TrainingStage of(Recipe recipe, RunData data, int index) {
        return new TrainingStage(
                recipe, data, index, (StageConfig.Training) recipe.stages().get(index));
    }

    /** Returns what it works on. */
    StagePlan plan() {
        return new StagePlan(
                index,
                recipe.stages().size(),
                config,
                data.splits().training(),
                data.splits().train(),
                data.splits().validation(),
                data.scaling(),
                seed(),
                new ViewBank(recipe.data().viewBank()));
    }

    /** Stages draw from different streams, and so do different seeds of the recipe. */
    long seed() {
        return recipe.seed() * 1000 + index;
    }

    /** Returns what it matches of the teacher's beside the logits. */
    List<HintConfig> hints() {
        return config instanceof StageConfig.Distil distil ? distil.hints() : List.of();
    }
}
