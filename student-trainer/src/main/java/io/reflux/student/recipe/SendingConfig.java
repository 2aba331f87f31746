package io.reflux.student.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.reflux.data.view.PixelScaling;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Samples by value for a teacher service that lacks the data, written {@code sendSamples: uint8} or {@code sendSamples: {type:
 * uint8, pixelMean: [0.5], pixelStd: [0.25]}}.
 *
 * @param type {@code uint8} or {@code float32} for images, {@code int32} for text
 * @param pixelMean mean that this teacher's pixels in [0, 1] have less; empty: as its own file says
 * @param pixelStd what is then divided by, above 0; as many as means
 */
public record SendingConfig(String type, List<Double> pixelMean, List<Double> pixelStd) {
    /** Bytes of pixels. */
    public static final String UINT8 = "uint8";

    /** Numbers, scaled by the student. */
    public static final String FLOAT32 = "float32";

    /** Tokens. */
    public static final String INT32 = "int32";

    /**
     * Checks the settings and copies the lists.
     *
     * @throws IllegalArgumentException when the type is unknown or a number out of range
     */
    public SendingConfig {
        Setting.require(List.of(UINT8, FLOAT32, INT32).contains(type), "type", type, "uint8, float32 or int32");
        pixelMean = List.copyOf(pixelMean);
        pixelStd = List.copyOf(pixelStd);
        Setting.require(
                pixelMean.isEmpty() || !type.equals(INT32), "pixelMean", pixelMean, "absent, since tokens have none");
        Setting.require(
                pixelStd.size() == pixelMean.size(), "pixelStd", pixelStd, pixelMean.size() + " numbers, as pixelMean");
        pixelMean.forEach(mean -> Setting.require(Double.isFinite(mean), "pixelMean", mean, "finite"));
        pixelStd.forEach(std -> Setting.above("pixelStd", std, 0));
        // A model file cannot scale what has become numbers before.
        Setting.require(
                !type.equals(FLOAT32) || !pixelMean.isEmpty(), "pixelMean", "absent", "present, since type is float32");
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static SendingConfig of(String type) {
        return new SendingConfig(type, List.of(), List.of());
    }

    @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
    static SendingConfig of(
            @JsonProperty("type") @Nullable String type,
            @JsonProperty("pixelMean") @Nullable List<Double> pixelMean,
            @JsonProperty("pixelStd") @Nullable List<Double> pixelStd) {
        return new SendingConfig(
                type == null ? "absent" : type,
                pixelMean == null ? List.of() : pixelMean,
                pixelStd == null ? List.of() : pixelStd);
    }

    /** Returns what is done to the pixels, or null where the teacher's own file says it. */
    public @Nullable PixelScaling scaling() {
        return pixelMean.isEmpty()
                ? null
                : new PixelScaling(
                        pixelMean.stream().map(Double::floatValue).toList(),
                        pixelStd.stream().map(Double::floatValue).toList());
    }
}
