package io.reflux.student.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The optimiser of a stage, chosen by {@code type}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = OptimizerConfig.SgdConfig.class, name = "sgd"),
    @JsonSubTypes.Type(value = OptimizerConfig.AdamWConfig.class, name = "adamw"),
    @JsonSubTypes.Type(value = OptimizerConfig.LambConfig.class, name = "lamb")
})
public sealed interface OptimizerConfig {
    /**
     * Returns patterns of the parameters on which weight decay does not act, {@code *} for any characters; null for the
     * biases and the scales of norms, which is all of rank one and less.
     */
    @Nullable
    List<String> noWeightDecay();

    /**
     * Stochastic gradient descent with momentum.
     *
     * @param momentum in [0, 1)
     * @param nesterov whether the momentum looks ahead; needs a momentum above 0
     * @param weightDecay added to the gradient as {@code weightDecay * weight}, at least 0
     * @param noWeightDecay patterns, or null
     */
    record SgdConfig(
            double momentum,
            boolean nesterov,
            double weightDecay,
            @Nullable List<String> noWeightDecay) implements OptimizerConfig {
        static final SgdConfig DEFAULT = new SgdConfig(0.9, false, 0, null);

        /**
         * Checks the settings.
         *
         * @throws IllegalArgumentException when one is out of range
         */
        public SgdConfig {
            Setting.inRange("momentum", momentum, 0, 1);
            Setting.require(!nesterov || momentum > 0, "nesterov", nesterov, "false, since momentum is 0");
            Setting.atLeast("weightDecay", weightDecay, 0);
            noWeightDecay = noWeightDecay == null ? null : List.copyOf(noWeightDecay);
        }

        @JsonCreator
        static SgdConfig of(
                @JsonProperty("momentum") @Nullable Double momentum,
                @JsonProperty("nesterov") @Nullable Boolean nesterov,
                @JsonProperty("weightDecay") @Nullable Double weightDecay,
                @JsonProperty("noWeightDecay") @Nullable List<String> noWeightDecay) {
            return new SgdConfig(
                    momentum == null ? 0.9 : momentum,
                    nesterov != null && nesterov,
                    weightDecay == null ? 0 : weightDecay,
                    noWeightDecay);
        }
    }

    /**
     * Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101).
     *
     * @param beta1 decay of the first moment, in [0, 1)
     * @param beta2 decay of the second moment, in [0, 1)
     * @param epsilon added to the root of the second moment, above 0
     * @param weightDecay at least 0
     * @param noWeightDecay patterns, or null
     */
    record AdamWConfig(
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay,
            @Nullable List<String> noWeightDecay) implements OptimizerConfig {
        /**
         * Checks the settings.
         *
         * @throws IllegalArgumentException when one is out of range
         */
        public AdamWConfig {
            checkMoments(beta1, beta2, epsilon, weightDecay);
            noWeightDecay = noWeightDecay == null ? null : List.copyOf(noWeightDecay);
        }

        @JsonCreator
        static AdamWConfig of(
                @JsonProperty("beta1") @Nullable Double beta1,
                @JsonProperty("beta2") @Nullable Double beta2,
                @JsonProperty("epsilon") @Nullable Double epsilon,
                @JsonProperty("weightDecay") @Nullable Double weightDecay,
                @JsonProperty("noWeightDecay") @Nullable List<String> noWeightDecay) {
            return new AdamWConfig(
                    beta1 == null ? 0.9 : beta1,
                    beta2 == null ? 0.999 : beta2,
                    epsilon == null ? 1e-8 : epsilon,
                    weightDecay == null ? 0.01 : weightDecay,
                    noWeightDecay);
        }
    }

    /**
     * LAMB, for large batches (You et al. 2020, arXiv:1904.00962).
     *
     * @param beta1 decay of the first moment, in [0, 1)
     * @param beta2 decay of the second moment, in [0, 1)
     * @param epsilon added to the root of the second moment, above 0
     * @param weightDecay at least 0
     * @param noWeightDecay patterns, or null
     */
    record LambConfig(
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay,
            @Nullable List<String> noWeightDecay) implements OptimizerConfig {
        /**
         * Checks the settings.
         *
         * @throws IllegalArgumentException when one is out of range
         */
        public LambConfig {
            checkMoments(beta1, beta2, epsilon, weightDecay);
            noWeightDecay = noWeightDecay == null ? null : List.copyOf(noWeightDecay);
        }

        @JsonCreator
        static LambConfig of(
                @JsonProperty("beta1") @Nullable Double beta1,
                @JsonProperty("beta2") @Nullable Double beta2,
                @JsonProperty("epsilon") @Nullable Double epsilon,
                @JsonProperty("weightDecay") @Nullable Double weightDecay,
                @JsonProperty("noWeightDecay") @Nullable List<String> noWeightDecay) {
            return new LambConfig(
                    beta1 == null ? 0.9 : beta1,
                    beta2 == null ? 0.999 : beta2,
                    epsilon == null ? 1e-6 : epsilon,
                    weightDecay == null ? 0.01 : weightDecay,
                    noWeightDecay);
        }
    }

    /** What AdamW and LAMB ask of the settings that they share. */
    private static void checkMoments(double beta1, double beta2, double epsilon, double weightDecay) {
        Setting.inRange("beta1", beta1, 0, 1);
        Setting.inRange("beta2", beta2, 0, 1);
        Setting.above("epsilon", epsilon, 0);
        Setting.atLeast("weightDecay", weightDecay, 0);
    }
}
