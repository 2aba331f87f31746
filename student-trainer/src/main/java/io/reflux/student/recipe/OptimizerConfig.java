package io.reflux.student.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;

/** The optimiser of a stage, chosen by {@code type}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = OptimizerConfig.SgdConfig.class, name = "sgd"),
    @JsonSubTypes.Type(value = OptimizerConfig.AdamWConfig.class, name = "adamw")
})
public sealed interface OptimizerConfig {
    /**
     * Stochastic gradient descent with momentum.
     *
     * @param momentum in [0, 1)
     * @param nesterov whether the momentum looks ahead; needs a momentum above 0
     * @param weightDecay added to the gradient as {@code weightDecay * weight}, at least 0
     */
    record SgdConfig(double momentum, boolean nesterov, double weightDecay) implements OptimizerConfig {
        static final SgdConfig DEFAULT = new SgdConfig(0.9, false, 0);

        /**
         * Checks the settings.
         *
         * @throws IllegalArgumentException when one is out of range
         */
        public SgdConfig {
            Setting.inRange("momentum", momentum, 0, 1);
            Setting.require(!nesterov || momentum > 0, "nesterov", nesterov, "false, since momentum is 0");
            Setting.atLeast("weightDecay", weightDecay, 0);
        }

        @JsonCreator
        static SgdConfig of(
                @JsonProperty("momentum") @Nullable Double momentum,
                @JsonProperty("nesterov") @Nullable Boolean nesterov,
                @JsonProperty("weightDecay") @Nullable Double weightDecay) {
            return new SgdConfig(
                    momentum == null ? 0.9 : momentum,
                    nesterov != null && nesterov,
                    weightDecay == null ? 0 : weightDecay);
        }
    }

    /**
     * Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101).
     *
     * @param beta1 decay of the first moment, in [0, 1)
     * @param beta2 decay of the second moment, in [0, 1)
     * @param epsilon added to the root of the second moment, above 0
     * @param weightDecay at least 0
     */
    record AdamWConfig(double beta1, double beta2, double epsilon, double weightDecay) implements OptimizerConfig {
        /**
         * Checks the settings.
         *
         * @throws IllegalArgumentException when one is out of range
         */
        public AdamWConfig {
            Setting.inRange("beta1", beta1, 0, 1);
            Setting.inRange("beta2", beta2, 0, 1);
            Setting.above("epsilon", epsilon, 0);
            Setting.atLeast("weightDecay", weightDecay, 0);
        }

        @JsonCreator
        static AdamWConfig of(
                @JsonProperty("beta1") @Nullable Double beta1,
                @JsonProperty("beta2") @Nullable Double beta2,
                @JsonProperty("epsilon") @Nullable Double epsilon,
                @JsonProperty("weightDecay") @Nullable Double weightDecay) {
            return new AdamWConfig(
                    beta1 == null ? 0.9 : beta1,
                    beta2 == null ? 0.999 : beta2,
                    epsilon == null ? 1e-8 : epsilon,
                    weightDecay == null ? 0.01 : weightDecay);
        }
    }
}
