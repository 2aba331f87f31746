package io.reflux.student.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The student to begin with: a network of the zoo or an ONNX file; exactly one of {@code zoo} and {@code onnx}.
 *
 * @param zoo name in the zoo, or null
 * @param onnx path of an ONNX file, or null
 * @param hidden widths of the hidden layers, for {@code mlp}
 * @param dropout probability of dropping a hidden unit in training, in [0, 1)
 * @param inputDropout probability of dropping an input, in [0, 1)
 * @param initialisation {@code he} or {@code xavier}
 */
public record StudentConfig(
        @Nullable String zoo,
        @Nullable String onnx,
        List<Integer> hidden,
        double dropout,
        double inputDropout,
        String initialisation) {
    /**
     * Checks the settings and copies the list.
     *
     * @throws IllegalArgumentException when one is out of range or both or none of zoo and onnx are given
     */
    public StudentConfig {
        Setting.require(zoo != null || onnx != null, "zoo", "absent", "a name of the zoo, or the key onnx with a file");
        Setting.require(zoo == null || onnx == null, "onnx", onnx, "absent, since zoo is given");
        hidden = List.copyOf(hidden);
        hidden.forEach(width -> Setting.atLeast("hidden", (int) width, 1));
        Setting.inRange("dropout", dropout, 0, 1);
        Setting.inRange("inputDropout", inputDropout, 0, 1);
        Setting.require(
                initialisation.equals("he") || initialisation.equals("xavier"),
                "initialisation",
                initialisation,
                "he or xavier");
    }

    @JsonCreator
    static StudentConfig of(
            @JsonProperty("zoo") @Nullable String zoo,
            @JsonProperty("onnx") @Nullable String onnx,
            @JsonProperty("hidden") @Nullable List<Integer> hidden,
            @JsonProperty("dropout") @Nullable Double dropout,
            @JsonProperty("inputDropout") @Nullable Double inputDropout,
            @JsonProperty("initialisation") @Nullable String initialisation) {
        return new StudentConfig(
                zoo,
                onnx,
                hidden == null ? List.of() : hidden,
                dropout == null ? 0 : dropout,
                inputDropout == null ? 0 : inputDropout,
                initialisation == null ? "he" : initialisation);
    }
}
