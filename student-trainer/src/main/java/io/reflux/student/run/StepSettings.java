package io.reflux.student.run;

import io.reflux.model.step.AdamW;
import io.reflux.model.step.DistillationLoss;
import io.reflux.model.step.Lamb;
import io.reflux.model.step.Optimizer;
import io.reflux.model.step.Sgd;
import io.reflux.model.step.StepOptions;
import io.reflux.student.recipe.OptimizerConfig;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.recipe.StageConfig;
import io.reflux.student.recipe.UpdateConfig;

/** How a stage of a recipe trains, in the words of the step that does. */
final class StepSettings {
    private StepSettings() {}

    static DistillationLoss loss(StageConfig.Training config) {
        return config instanceof StageConfig.Distil distil
                ? new DistillationLoss(
                        distil.loss().temperature(),
                        distil.loss().softLossWeight(),
                        distil.loss().hardLossWeight())
                : DistillationLoss.HARD_LABELS;
    }

    static StepOptions options(Recipe recipe, StageConfig.Training config) {
        UpdateConfig update = config.schedule().update();
        return new StepOptions(
                recipe.precision(),
                update.clipNorm(),
                update.accumulate(),
                update.ema(),
                recipe.student().freeze(),
                config.schedule().optimizer().noWeightDecay());
    }

    static Optimizer optimizer(StageConfig.Training config) {
        OptimizerConfig optimizer = config.schedule().optimizer();
        if (optimizer instanceof OptimizerConfig.SgdConfig sgd) {
            return new Sgd(sgd.momentum(), sgd.nesterov(), sgd.weightDecay());
        }
        if (optimizer instanceof OptimizerConfig.LambConfig lamb) {
            return new Lamb(lamb.beta1(), lamb.beta2(), lamb.epsilon(), lamb.weightDecay());
        }
        OptimizerConfig.AdamWConfig adamW = (OptimizerConfig.AdamWConfig) optimizer;
        return new AdamW(adamW.beta1(), adamW.beta2(), adamW.epsilon(), adamW.weightDecay());
    }
}
