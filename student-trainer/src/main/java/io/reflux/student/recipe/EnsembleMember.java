package io.reflux.student.recipe;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of several teachers whose soft targets are averaged.
 *
 * @param teacher the teacher
 * @param weight its part in the mean, relative to the others', above 0
 * @param temperature what its logits are divided by before the softmax, above 0; null for the stage's temperature
 */
public record EnsembleMember(
        TeacherConfig teacher, double weight, @Nullable Double temperature) {
    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException when one is out of range
     */
    public EnsembleMember {
        Setting.above("weight", weight, 0);
        if (temperature != null) {
            Setting.above("temperature", temperature, 0);
        }
    }

    @JsonCreator
    static EnsembleMember of(
            @JsonProperty("address") @Nullable String address,
            @JsonProperty("addresses") @Nullable List<String> addresses,
            @JsonProperty("dns") @Nullable String dns,
            @JsonProperty("addressFile") @Nullable String addressFile,
            @JsonProperty("onnx") @Nullable String onnx,
            @JsonProperty("stored") @Nullable Boolean stored,
            @JsonProperty("file") @Nullable String file,
            @JsonProperty("tls") @Nullable TlsConfig tls,
            @JsonProperty("tokenFile") @Nullable String tokenFile,
            @JsonProperty("sendSamples") @Nullable SendingConfig sendSamples,
            @JsonProperty("onModelChange") @Nullable String onModelChange,
            @JsonProperty("weight") @Nullable Double weight,
            @JsonProperty("temperature") @Nullable Double temperature) {
        return new EnsembleMember(
                TeacherConfig.of(
                        address,
                        addresses,
                        dns,
                        addressFile,
                        onnx,
                        stored,
                        file,
                        tls,
                        tokenFile,
                        sendSamples,
                        onModelChange),
                weight == null ? 1 : weight,
                temperature);
    }
}
