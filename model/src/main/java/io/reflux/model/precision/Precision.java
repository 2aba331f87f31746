package io.reflux.model.precision;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The format in which a training step computes what tolerates few bits. Weights, losses and updates are fp32 always. */
public enum Precision {
    /** 32 bits everywhere. */
    FP32(6),
    /** 8 bits of exponent as fp32 has, 8 of significand: no loss scaling. */
    BF16(15),
    /** 5 bits of exponent, 11 of significand: gradients are scaled so that they do not vanish. */
    FP16(5);

    private final int scriptType;

    Precision(int scriptType) {
        this.scriptType = scriptType;
    }

    /** Number of the element type in TorchScript. */
    public int scriptType() {
        return scriptType;
    }

    /** Name in recipes: {@code fp32}, {@code bf16} or {@code fp16}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The precision of a name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Precision of(String label) {
        return Arrays.stream(values())
                .filter(precision -> precision.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("precision: " + label + " (expected: "
                        + Arrays.stream(values()).map(Precision::label).collect(Collectors.joining(", ")) + ")"));
    }
}
