package io.reflux.student.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.reflux.quantization.rounding.RoundingConfig;
import io.reflux.quantization.rounding.RoundingTarget;
import org.jspecify.annotations.Nullable;

/**
 * How weights become integers, written {@code rounding: adaround} or {@code rounding: {type: adaround, target: teacher}}.
 *
 * @param config how
 * @param asksTeacher whether the logits that are kept are the teacher's
 */
public record RoundingKeys(RoundingConfig config, boolean asksTeacher) {
    private static final String ADAROUND = "adaround";

    private static final String TEACHER = "teacher";

    static final RoundingKeys NEAREST = new RoundingKeys(RoundingConfig.NEAREST, false);

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static RoundingKeys of(String type) {
        return of(type, null, null, null, null);
    }

    @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
    static RoundingKeys of(
            @JsonProperty("type") @Nullable String type,
            @JsonProperty("target") @Nullable String target,
            @JsonProperty("iterations") @Nullable Integer iterations,
            @JsonProperty("learningRate") @Nullable Double learningRate,
            @JsonProperty("seed") @Nullable Long seed) {
        String name = type == null ? "absent" : type;
        Setting.require(name.equals("nearest") || name.equals(ADAROUND), "type", name, "nearest or " + ADAROUND);
        if (name.equals("nearest")) {
            boolean more = target != null || iterations != null || learningRate != null || seed != null;
            Setting.require(!more, "type", name, ADAROUND + ", since there are further keys");
            return NEAREST;
        }
        String wanted = target == null ? RoundingTarget.LAYERS.label() : target;
        boolean known = wanted.equals("layers") || wanted.equals("logits") || wanted.equals(TEACHER);
        Setting.require(known, "target", wanted, "layers, logits or " + TEACHER);
        int steps = iterations == null ? RoundingConfig.Learned.DEFAULT.iterations() : iterations;
        double rate = learningRate == null ? RoundingConfig.Learned.DEFAULT.learningRate() : learningRate;
        return new RoundingKeys(
                new RoundingConfig.Learned(
                        wanted.equals("layers") ? RoundingTarget.LAYERS : RoundingTarget.LOGITS,
                        Setting.atLeast("iterations", steps, 1),
                        Setting.above("learningRate", rate, 0),
                        seed == null ? RoundingConfig.Learned.DEFAULT.seed() : seed),
                wanted.equals(TEACHER));
    }
}
