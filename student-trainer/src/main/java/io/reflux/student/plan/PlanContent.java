package io.reflux.student.plan;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.plan.LayerOption;
import io.reflux.quantization.plan.LayerProfile;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a plan's file holds. Network, target and the layers' names and bits are all that a replay needs.
 *
 * @param network digest of the layers that it is made for
 * @param target label of the target
 * @param layers in any order
 * @param measured what else is known of the network
 */
record PlanContent(String network, String target, List<Layer> layers, Measured measured) {

    /** What was measured of the network as a whole; zeros and "" where the file does not say. */
    record Measured(
            String model,
            String metric,
            long samples,
            long floatBytes,
            long otherBytes,
            @Nullable Double milliseconds) {}

    @JsonCreator
    static PlanContent of(
            @JsonProperty("network") @Nullable String network,
            @JsonProperty("model") @Nullable String model,
            @JsonProperty("target") @Nullable String target,
            @JsonProperty("metric") @Nullable String metric,
            @JsonProperty("samples") @Nullable Long samples,
            @JsonProperty("floatBytes") @Nullable Long floatBytes,
            @JsonProperty("otherBytes") @Nullable Long otherBytes,
            @JsonProperty("milliseconds") @Nullable Double milliseconds,
            @JsonProperty("layers") @Nullable List<Layer> layers) {
        return new PlanContent(
                required("network", network, "the digest of a network's layers"),
                required("target", target, "the name of a target"),
                List.copyOf(required("layers", layers, "a list of layers")),
                new Measured(
                        model == null ? "" : model,
                        metric == null ? "" : metric,
                        samples == null ? 0 : samples,
                        floatBytes == null ? 0 : floatBytes,
                        otherBytes == null ? 0 : otherBytes,
                        milliseconds));
    }

    /** A layer as the file has it. */
    record Layer(
            String name,
            int weightBits,
            int activationBits,
            List<String> sharing,
            long elements,
            List<Option> options) {

        @JsonCreator
        static Layer of(
                @JsonProperty("name") @Nullable String name,
                @JsonProperty("weightBits") @Nullable Integer weightBits,
                @JsonProperty("activationBits") @Nullable Integer activationBits,
                @JsonProperty("sharing") @Nullable List<String> sharing,
                @JsonProperty("elements") @Nullable Long elements,
                @JsonProperty("options") @Nullable List<Option> options) {
            return new Layer(
                    required("name", name, "the name of a layer"),
                    required("weightBits", weightBits, "bits, or 0 for floats"),
                    activationBits == null ? 8 : activationBits,
                    sharing == null ? List.of() : List.copyOf(sharing),
                    elements == null ? 0 : elements,
                    options == null ? List.of() : List.copyOf(options));
        }

        LayerBits bits() {
            return PlanContent.bits(weightBits, activationBits);
        }

        LayerProfile profile() {
            return new LayerProfile(
                    name,
                    sharing,
                    elements,
                    options.stream().map(Option::option).toList());
        }
    }

    /** What was measured of a layer. */
    record Option(LayerOption option) {

        @JsonCreator
        static Option of(
                @JsonProperty("weightBits") @Nullable Integer weightBits,
                @JsonProperty("activationBits") @Nullable Integer activationBits,
                @JsonProperty("sensitivity") @Nullable Double sensitivity,
                @JsonProperty("bytes") @Nullable Long bytes,
                @JsonProperty("extraMilliseconds") @Nullable Double extraMilliseconds) {
            LayerBits bits = PlanContent.bits(
                    required("weightBits", weightBits, "bits, or 0 for floats"),
                    activationBits == null ? 8 : activationBits);
            return new Option(new LayerOption(
                    bits,
                    required("sensitivity", sensitivity, "a number"),
                    required("bytes", bytes, "a number"),
                    extraMilliseconds));
        }
    }

    private static LayerBits bits(int weightBits, int activationBits) {
        return weightBits == 0 ? LayerBits.FLOAT : new LayerBits(weightBits, activationBits);
    }

    private static <V> V required(String key, @Nullable V value, String expected) {
        if (value == null) {
            throw new IllegalArgumentException(key + ": absent (expected: " + expected + ")");
        }
        return value;
    }
}
