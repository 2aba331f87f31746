package io.reflux.student.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One stage of a recipe, written {@code - distil: {...}}, {@code - train: {...}} or {@code - quantize: {...}}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
@JsonSubTypes({
    @JsonSubTypes.Type(value = StageConfig.Distil.class, name = "distil"),
    @JsonSubTypes.Type(value = StageConfig.Train.class, name = "train"),
    @JsonSubTypes.Type(value = QuantizeConfig.class, name = "quantize")
})
public sealed interface StageConfig permits StageConfig.Training, QuantizeConfig {
    /** Returns {@code distil}, {@code train} or {@code quantize}. */
    String kind();

    /** A stage of steps. */
    sealed interface Training extends StageConfig {
        /** Returns the settings that both kinds have. */
        Schedule schedule();
    }

    /**
     * What both kinds of stage have.
     *
     * @param length how long it is
     * @param batchSize samples of a step, at least 1
     * @param optimizer how gradients become updates
     * @param learningRate how fast
     * @param update what is done around the optimiser
     * @param augmentation how samples are varied
     * @param prefetchBatches batches rendered and requested ahead of the step, 1 to 1024
     */
    record Schedule(
            StageLength length,
            int batchSize,
            OptimizerConfig optimizer,
            LearningRateConfig learningRate,
            UpdateConfig update,
            AugmentationConfig augmentation,
            int prefetchBatches) {
        /**
         * Checks the settings.
         *
         * @throws IllegalArgumentException when one is out of range
         */
        public Schedule {
            Setting.atLeast("batchSize", batchSize, 1);
            Setting.inRange("prefetchBatches", prefetchBatches, 1, 1024);
        }

        static Schedule of(
                StageLength length,
                @Nullable Integer batchSize,
                @Nullable OptimizerConfig optimizer,
                @Nullable LearningRateConfig learningRate,
                UpdateConfig update,
                @Nullable AugmentationConfig augmentation,
                @Nullable Integer prefetchBatches) {
            return new Schedule(
                    length,
                    batchSize == null ? 128 : batchSize,
                    optimizer == null ? OptimizerConfig.SgdConfig.DEFAULT : optimizer,
                    learningRate == null ? LearningRateConfig.DEFAULT : learningRate,
                    update,
                    augmentation == null ? AugmentationConfig.NONE : augmentation,
                    prefetchBatches == null ? 8 : prefetchBatches);
        }
    }

    /**
     * Learns from the teacher's soft labels, and from the hard labels as far as they are weighted.
     *
     * @param schedule what both kinds of stage have
     * @param loss how soft and hard labels count
     * @param encoding how soft labels travel; where probabilities do, at the temperature of the loss
     * @param hints hidden layers of the teacher that the student's are to match; may be empty
     */
    record Distil(Schedule schedule, LossConfig loss, EncodingConfig encoding, List<HintConfig> hints)
            implements Training {
        /**
         * Checks the settings.
         *
         * @throws IllegalArgumentException when one is out of range
         */
        public Distil {
            hints = List.copyOf(hints);
            long names = hints.stream().map(HintConfig::teacher).distinct().count();
            Setting.require(
                    names == hints.size(), "hints", hints.size() + " of " + names + " teacher outputs", "each once");
            Setting.require(
                    !encoding.hasTemperature() || loss.temperature() >= 0.001 && loss.temperature() <= 1000,
                    "loss.temperature",
                    loss.temperature(),
                    "0.001 to 1000, since encoding is " + encoding.type());
        }

        @JsonCreator
        static Distil of(
                @JsonProperty("epochs") @Nullable Integer epochs,
                @JsonProperty("iterations") @Nullable Integer iterations,
                @JsonProperty("evaluateEvery") @Nullable Integer evaluateEvery,
                @JsonProperty("batchSize") @Nullable Integer batchSize,
                @JsonProperty("optimizer") @Nullable OptimizerConfig optimizer,
                @JsonProperty("learningRate") @Nullable LearningRateConfig learningRate,
                @JsonProperty("clipNorm") @Nullable Double clipNorm,
                @JsonProperty("accumulate") @Nullable Integer accumulate,
                @JsonProperty("ema") @Nullable Double ema,
                @JsonProperty("loss") @Nullable LossConfig loss,
                @JsonProperty("augmentation") @Nullable AugmentationConfig augmentation,
                @JsonProperty("encoding") @Nullable EncodingConfig encoding,
                @JsonProperty("hints") @Nullable List<HintConfig> hints,
                @JsonProperty("prefetchBatches") @Nullable Integer prefetchBatches) {
            return new Distil(
                    Schedule.of(
                            StageLength.of(epochs, iterations, evaluateEvery),
                            batchSize,
                            optimizer,
                            learningRate,
                            UpdateConfig.of(clipNorm, accumulate, ema),
                            augmentation,
                            prefetchBatches),
                    loss == null ? LossConfig.DEFAULT : loss,
                    encoding == null ? EncodingConfig.FP32 : encoding,
                    hints == null ? List.of() : hints);
        }

        /** Without hints as before there were any: a run that was begun then has this in its digest. */
        @Override
        public String toString() {
            return "Distil[schedule=" + schedule + ", loss=" + loss + ", encoding=" + encoding
                    + (hints.isEmpty() ? "" : ", hints=" + hints) + "]";
        }

        @Override
        public String kind() {
            return "distil";
        }
    }

    /**
     * Learns from the hard labels alone.
     *
     * @param schedule what both kinds of stage have
     */
    record Train(Schedule schedule) implements Training {
        @JsonCreator
        static Train of(
                @JsonProperty("epochs") @Nullable Integer epochs,
                @JsonProperty("iterations") @Nullable Integer iterations,
                @JsonProperty("evaluateEvery") @Nullable Integer evaluateEvery,
                @JsonProperty("batchSize") @Nullable Integer batchSize,
                @JsonProperty("optimizer") @Nullable OptimizerConfig optimizer,
                @JsonProperty("learningRate") @Nullable LearningRateConfig learningRate,
                @JsonProperty("clipNorm") @Nullable Double clipNorm,
                @JsonProperty("accumulate") @Nullable Integer accumulate,
                @JsonProperty("ema") @Nullable Double ema,
                @JsonProperty("augmentation") @Nullable AugmentationConfig augmentation,
                @JsonProperty("prefetchBatches") @Nullable Integer prefetchBatches) {
            return new Train(Schedule.of(
                    StageLength.of(epochs, iterations, evaluateEvery),
                    batchSize,
                    optimizer,
                    learningRate,
                    UpdateConfig.of(clipNorm, accumulate, ema),
                    augmentation,
                    prefetchBatches));
        }

        @Override
        public String kind() {
            return "train";
        }
    }
}
