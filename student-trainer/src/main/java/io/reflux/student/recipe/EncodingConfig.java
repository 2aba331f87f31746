package io.reflux.student.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.reflux.proto.v1.Compression;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How soft labels travel, written {@code encoding: fp16} or {@code encoding: {type: top-k, k: 10, zstd: true}}.
 *
 * @param type {@code fp32}, {@code fp16}, {@code int8}, {@code top-k} or {@code random-sampling}
 * @param count k of top-k, draws of random sampling, 0 for the others
 * @param zstd whether messages are compressed
 */
public record EncodingConfig(String type, int count, boolean zstd) {
    private static final String TOP_K = "top-k";
    private static final String RANDOM_SAMPLING = "random-sampling";
    private static final Map<String, EncodingKind> KINDS = Map.of(
            "fp32",
            EncodingKind.ENCODING_KIND_FP32,
            "fp16",
            EncodingKind.ENCODING_KIND_FP16,
            "int8",
            EncodingKind.ENCODING_KIND_INT8_ROWS,
            TOP_K,
            EncodingKind.ENCODING_KIND_TOP_K,
            RANDOM_SAMPLING,
            EncodingKind.ENCODING_KIND_RANDOM_SAMPLING);

    /** Logits as they are. Below the table of kinds, by which it is checked. */
    public static final EncodingConfig FP32 = new EncodingConfig("fp32", 0, false);

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException when the type is unknown or the count out of range
     */
    public EncodingConfig {
        Setting.require(KINDS.containsKey(type), "type", type, "fp32, fp16, int8, " + TOP_K + " or " + RANDOM_SAMPLING);
        switch (type) {
            case TOP_K -> Setting.inRange("k", count, 1, 1 << 20);
            case RANDOM_SAMPLING -> Setting.inRange("draws", count, 1, 4096);
            default -> Setting.require(count == 0, "count", count, "0 for " + type);
        }
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static EncodingConfig of(String type) {
        return of(type, null, null, null);
    }

    @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
    static EncodingConfig of(
            @JsonProperty("type") @Nullable String type,
            @JsonProperty("k") @Nullable Integer k,
            @JsonProperty("draws") @Nullable Integer draws,
            @JsonProperty("zstd") @Nullable Boolean zstd) {
        String name = type == null ? "absent" : type;
        requireFor(TOP_K, name, "k", k);
        requireFor(RANDOM_SAMPLING, name, "draws", draws);
        int count = k != null ? k : draws != null ? draws : 0;
        return new EncodingConfig(name, count, zstd != null && zstd);
    }

    private static void requireFor(String type, String given, String key, @Nullable Integer value) {
        boolean wanted = given.equals(type);
        Setting.require(
                wanted == (value != null),
                key,
                value == null ? "absent" : value,
                wanted ? "present, since type is " + type : "absent, since type is " + given);
    }

    /** Returns whether probabilities at a temperature travel, rather than logits. */
    public boolean hasTemperature() {
        return count > 0;
    }

    /**
     * Returns what a teacher is asked for.
     *
     * @param temperature of the loss, at which an encoding that carries probabilities takes them
     */
    public Encoding toEncoding(double temperature) {
        return Encoding.newBuilder()
                .setKind(KINDS.get(type))
                .setCount(count)
                .setTemperature(hasTemperature() ? (float) temperature : 0)
                .setCompression(zstd ? Compression.COMPRESSION_ZSTD : Compression.COMPRESSION_NONE)
                .build();
    }

    /** As in a recipe; a plain type is its name alone. */
    @Override
    public String toString() {
        return type + (count == 0 ? "" : " " + count) + (zstd ? " zstd" : "");
    }
}
