package io.reflux.student.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.reflux.model.graph.ModelException;
import io.reflux.model.zoo.Initialization;
import io.reflux.model.zoo.ZooSetting;
import io.reflux.model.zoo.ZooSpec;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The student to begin with: a network of the zoo or an ONNX file; exactly one of {@code zoo} and {@code onnx}.
 *
 * @param zoo name in the zoo, or null
 * @param onnx path of an ONNX file, or null
 * @param settings what was chosen about the zoo's network
 * @param initialisation {@code he}, {@code xavier}, {@code normal} or {@code truncated}; empty as is usual for the network
 * @param weights {@code keep} or {@code fresh}: what becomes of the weights in the file
 * @param file what is said about the ONNX file
 * @param freeze patterns of the parameters that do not train, {@code *} for any characters
 */
public record StudentConfig(
        @Nullable String zoo,
        @Nullable String onnx,
        Map<ZooSetting, Object> settings,
        String initialisation,
        String weights,
        FileConfig file,
        List<String> freeze) {
    private static final Map<String, Initialization> INITIALISATIONS = Map.of(
            "he", Initialization.HE_NORMAL,
            "xavier", Initialization.XAVIER_NORMAL,
            "normal", Initialization.SMALL_NORMAL,
            "truncated", Initialization.TRUNCATED_NORMAL);

    /**
     * Checks the settings and copies the map.
     *
     * @throws IllegalArgumentException when one is out of range, the network does not have it, or both or none of zoo and
     *     onnx are given
     */
    public StudentConfig {
        Setting.require(zoo != null || onnx != null, "zoo", "absent", "a name of the zoo, or the key onnx with a file");
        Setting.require(zoo == null || onnx == null, "onnx", onnx, "absent, since zoo is given");
        Setting.require(
                initialisation.isEmpty() || INITIALISATIONS.containsKey(initialisation),
                "initialisation",
                initialisation,
                "he, xavier, normal or truncated");
        Setting.require(weights.equals("keep") || weights.equals("fresh"), "weights", weights, "keep or fresh");
        Setting.require(
                onnx != null || weights.equals("fresh"), "weights", weights, "fresh, since the network is of the zoo");
        Setting.require(
                onnx != null || file.equals(FileConfig.AS_IT_IS),
                file.firstKey(),
                "given",
                "absent, since zoo is given");
        freeze = List.copyOf(freeze);
        Map<ZooSetting, Object> copy = new EnumMap<>(ZooSetting.class);
        copy.putAll(settings);
        settings = Collections.unmodifiableMap(copy);
        check(zoo, settings);
    }

    /** The network's own checks, so that a recipe's line is named; sizes that depend on the data are checked later. */
    private static void check(@Nullable String zoo, Map<ZooSetting, Object> settings) {
        if (zoo == null) {
            settings.forEach((setting, value) ->
                    Setting.require(false, setting.key(), value, "absent, since the network is in a file"));
            return;
        }
        try {
            settings.forEach((setting, value) -> ZooSpec.of(zoo).with(setting, value));
            ZooSpec.of(zoo);
        } catch (ModelException e) {
            throw new IllegalArgumentException(String.valueOf(e.getMessage()).replaceFirst("^model: ", "zoo: "), e);
        }
    }

    @JsonCreator
    static StudentConfig of(
            @JsonProperty("zoo") @Nullable String zoo,
            @JsonProperty("onnx") @Nullable String onnx,
            @JsonProperty("hidden") @Nullable List<Integer> hidden,
            @JsonProperty("dropout") @Nullable Double dropout,
            @JsonProperty("inputDropout") @Nullable Double inputDropout,
            @JsonProperty("batchNorm") @Nullable Boolean batchNorm,
            @JsonProperty("width") @Nullable Double width,
            @JsonProperty("stem") @Nullable String stem,
            @JsonProperty("shortcut") @Nullable String shortcut,
            @JsonProperty("patchSize") @Nullable Integer patchSize,
            @JsonProperty("depth") @Nullable Integer depth,
            @JsonProperty("embedding") @Nullable Integer embedding,
            @JsonProperty("heads") @Nullable Integer heads,
            @JsonProperty("bias") @Nullable Boolean bias,
            @JsonProperty("tieWeights") @Nullable Boolean tieWeights,
            @JsonProperty("pooling") @Nullable String pooling,
            @JsonProperty("initialisation") @Nullable String initialisation,
            @JsonProperty("weights") @Nullable String weights,
            @JsonProperty("dimensions") @Nullable Map<String, Long> dimensions,
            @JsonProperty("parameters") @Nullable List<String> parameters,
            @JsonProperty("constants") @Nullable List<String> constants,
            @JsonProperty("freeze") @Nullable List<String> freeze) {
        Map<ZooSetting, Object> settings = new EnumMap<>(ZooSetting.class);
        put(settings, ZooSetting.HIDDEN, hidden);
        put(settings, ZooSetting.DROPOUT, dropout);
        put(settings, ZooSetting.INPUT_DROPOUT, inputDropout);
        put(settings, ZooSetting.BATCH_NORM, batchNorm);
        put(settings, ZooSetting.WIDTH, width);
        put(settings, ZooSetting.STEM, stem);
        put(settings, ZooSetting.SHORTCUT, shortcut);
        put(settings, ZooSetting.PATCH_SIZE, patchSize);
        put(settings, ZooSetting.DEPTH, depth);
        put(settings, ZooSetting.EMBEDDING, embedding);
        put(settings, ZooSetting.HEADS, heads);
        put(settings, ZooSetting.BIAS, bias);
        put(settings, ZooSetting.TIE_WEIGHTS, tieWeights);
        put(settings, ZooSetting.POOLING, pooling);
        return new StudentConfig(
                zoo,
                onnx,
                settings,
                initialisation == null ? "" : initialisation,
                weights == null ? onnx == null ? "fresh" : "keep" : weights,
                new FileConfig(
                        dimensions == null ? Map.of() : dimensions,
                        parameters == null ? List.of() : parameters,
                        constants == null ? List.of() : constants),
                freeze == null ? List.of() : freeze);
    }

    private static void put(Map<ZooSetting, Object> settings, ZooSetting setting, @Nullable Object value) {
        if (value != null) {
            settings.put(setting, value);
        }
    }

    /** Returns how the weights of the zoo's network are drawn, or null as is usual for it. */
    public @Nullable Initialization initialization() {
        return INITIALISATIONS.get(initialisation);
    }
}
