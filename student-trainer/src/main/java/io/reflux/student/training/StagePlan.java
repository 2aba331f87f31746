package io.reflux.student.training;

import io.reflux.data.ImageDataSet;
import io.reflux.data.SampleIds;
import io.reflux.data.sampling.ViewSampler;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.ViewRenderer;
import io.reflux.student.hook.StageStart;
import io.reflux.student.recipe.StageConfig;
import io.reflux.student.schedule.LearningRateSchedule;

/**
 * One stage with all it works on.
 *
 * @param index index of the stage, from 0
 * @param numStages stages of the recipe
 * @param config the stage as the recipe has it
 * @param set the training set
 * @param train the samples to train on, at least one
 * @param validation the samples to validate with, may be none
 * @param scaling how pixels become the student's inputs
 * @param seed seed of order and augmentation
 */
public record StagePlan(
        int index,
        int numStages,
        StageConfig config,
        ImageDataSet set,
        SampleIds train,
        SampleIds validation,
        PixelScaling scaling,
        long seed) {
    /** Returns the augmentation of the stage. */
    public Augmentation augmentation() {
        return config.schedule().augmentation().toAugmentation();
    }

    /** Returns what renders the stage's views. */
    public ViewRenderer renderer() {
        return new ViewRenderer(set, augmentation());
    }

    ViewSampler sampler() {
        return new ViewSampler(train, config.schedule().batchSize(), seed, augmentation(), true);
    }

    LearningRateSchedule learningRate() {
        return config.schedule()
                .learningRate()
                .schedule(config.schedule().epochs(), sampler().batchesPerEpoch());
    }

    StageStart start(long firstStep) {
        return new StageStart(
                index,
                numStages,
                config.kind(),
                config.schedule().epochs(),
                sampler().batchesPerEpoch(),
                train.size(),
                firstStep);
    }
}
