package io.reflux.student.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.reflux.model.graph.ModelException;
import io.reflux.quantization.observer.ObserverConfig;
import io.reflux.quantization.placement.WeightGroups;
import io.reflux.quantization.ptq.LayersConfig;
import io.reflux.quantization.ptq.QuantizationConfig;
import io.reflux.quantization.ptq.RefinementConfig;
import io.reflux.quantization.target.Target;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts the pairs of quantisation into the student, with ranges from training samples. The stages behind it train the
 * quantised student; without one, it is quantised after training.
 *
 * @param quantization what is quantised, and to what
 * @param plan file of a plan that has target and bits of each layer, in the place of those of {@code quantization}; null = none
 * @param calibrationSamples training samples that are observed, at least 1
 * @param roundsAsTaught whether weights are rounded so that the student answers as the teacher does, which is asked then
 * @param scales {@code fixed}: as calibrated; {@code learned}: the stages behind train them (LSQ); {@code pact}: those of
 *     activations by PACT
 * @param norms {@code live}: the stages behind normalise with the batch's statistics; {@code frozen}: with the running ones
 * @param recalibrate whether pairs that are there already are put in anew
 */
public record QuantizeConfig(
        QuantizationConfig quantization,
        @Nullable String plan,
        int calibrationSamples,
        boolean roundsAsTaught,
        String scales,
        String norms,
        boolean recalibrate)
        implements StageConfig {
    private static final String FIXED = "fixed";

    /** Scales train by LSQ. */
    public static final String LEARNED = "learned";

    /** Scales of activations train by PACT. */
    public static final String PACT = "pact";

    private static final String LIVE = "live";

    private static final String FROZEN = "frozen";

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException when one is out of range
     */
    public QuantizeConfig {
        Setting.atLeast("calibrationSamples", calibrationSamples, 1);
        Setting.require(List.of(FIXED, LEARNED, PACT).contains(scales), "scales", scales, "fixed, learned or pact");
        Setting.require(norms.equals(LIVE) || norms.equals(FROZEN), "norms", norms, "live or frozen");
    }

    @JsonCreator
    static QuantizeConfig of(
            @JsonProperty("target") @Nullable String target,
            @JsonProperty("weightBits") @Nullable Integer weightBits,
            @JsonProperty("activationBits") @Nullable Integer activationBits,
            @JsonProperty("endBits") @Nullable Integer endBits,
            @JsonProperty("groupSize") @Nullable Integer groupSize,
            @JsonProperty("asymmetric") @Nullable Boolean asymmetric,
            @JsonProperty("plan") @Nullable String plan,
            @JsonProperty("observer") @Nullable String observer,
            @JsonProperty("calibrationSamples") @Nullable Integer calibrationSamples,
            @JsonProperty("keep") @Nullable List<String> keep,
            @JsonProperty("equalize") @Nullable Boolean equalize,
            @JsonProperty("biasCorrection") @Nullable Boolean biasCorrection,
            @JsonProperty("rounding") @Nullable RoundingKeys rounding,
            @JsonProperty("scales") @Nullable String scales,
            @JsonProperty("norms") @Nullable String norms,
            @JsonProperty("recalibrate") @Nullable Boolean recalibrate) {
        boolean bits = target != null
                || weightBits != null
                || activationBits != null
                || endBits != null
                || groupSize != null
                || asymmetric != null
                || keep != null;
        Setting.require(
                plan == null || !bits,
                "plan",
                plan,
                "none beside target, weightBits, activationBits, endBits, groupSize, asymmetric or keep, which it has itself");
        RoundingKeys keys = rounding == null ? RoundingKeys.NEAREST : rounding;
        try {
            QuantizationConfig quantization = new QuantizationConfig(
                    target == null ? Target.ONNXRUNTIME_CPU : Target.of(target),
                    new LayersConfig(
                            weightBits == null ? 8 : weightBits,
                            activationBits == null ? 8 : activationBits,
                            endBits == null ? 8 : endBits,
                            keep == null ? List.of() : keep,
                            new WeightGroups(groupSize == null ? 0 : groupSize, asymmetric != null && asymmetric),
                            true),
                    ObserverConfig.of(observer == null ? "mse" : observer),
                    new RefinementConfig(
                            equalize != null && equalize, biasCorrection != null && biasCorrection, keys.config()));
            return new QuantizeConfig(
                    quantization,
                    plan,
                    calibrationSamples == null ? 512 : calibrationSamples,
                    keys.asksTeacher(),
                    scales == null ? FIXED : scales,
                    norms == null ? LIVE : norms,
                    recalibrate != null && recalibrate);
        } catch (ModelException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Returns whether the stages behind it use the running statistics of batch normalisation. */
    public boolean freezesNorms() {
        return norms.equals(FROZEN);
    }

    @Override
    public String kind() {
        return "quantize";
    }
}
