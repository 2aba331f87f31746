package io.reflux.student.training;

import io.reflux.data.DataSet;
import io.reflux.data.SampleIds;
import io.reflux.data.sampling.ViewBank;
import io.reflux.data.sampling.ViewSampler;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.student.hook.StageStart;
import io.reflux.student.recipe.StageConfig;
import io.reflux.student.recipe.StageLength;
import io.reflux.student.sample.SampleReader;
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
 * @param bank which views of a sample there are
 */
public record StagePlan(
        int index,
        int numStages,
        StageConfig.Training config,
        DataSet set,
        SampleIds train,
        SampleIds validation,
        PixelScaling scaling,
        long seed,
        ViewBank bank) {
    /** Returns the augmentation of the stage. */
    public Augmentation augmentation() {
        return config.schedule().augmentation().toAugmentation();
    }

    /** Returns what reads the stage's views. */
    SampleReader reader() {
        return SampleReader.of(set, augmentation(), scaling);
    }

    /** Returns what reads samples as they are. */
    SampleReader plainReader() {
        return SampleReader.of(set, Augmentation.NONE, scaling);
    }

    /** Returns the steps after which the stage is validated and told of: a pass over the samples, or as asked. */
    private int batchesPerEpoch() {
        StageLength length = config.schedule().length();
        return length.iterations() == 0 ? sampler().batchesPerEpoch() : length.evaluateEvery();
    }

    ViewSampler sampler() {
        return new ViewSampler(train, config.schedule().batchSize(), seed, augmentation(), true, bank);
    }

    LearningRateSchedule learningRate() {
        return config.schedule()
                .learningRate()
                .schedule(config.schedule().length().epochs(), batchesPerEpoch());
    }

    /** Returns the steps of the whole stage. */
    public long steps() {
        return start(0).steps();
    }

    StageStart start(long firstStep) {
        StageLength length = config.schedule().length();
        return new StageStart(
                index,
                numStages,
                config.kind(),
                length.epochs(),
                batchesPerEpoch(),
                length.iterations() == 0
                        ? train.size()
                        : (long) length.evaluateEvery() * config.schedule().batchSize(),
                firstStep);
    }
}
