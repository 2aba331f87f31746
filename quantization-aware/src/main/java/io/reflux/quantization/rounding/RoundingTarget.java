package io.reflux.quantization.rounding;

import io.reflux.model.graph.ModelException;

/** What learned rounding keeps. */
public enum RoundingTarget {
    /** What each layer of the float network gives, one layer after the other. */
    LAYERS("layers"),
    /** The logits, with all layers at once: those of a teacher where samples bring them, else the float network's. */
    LOGITS("logits");

    private final String label;

    RoundingTarget(String label) {
        this.label = label;
    }

    /** As users write it. */
    public String label() {
        return label;
    }

    /**
     * The target of a name.
     *
     * @throws ModelException if there is none
     */
    public static RoundingTarget of(String label) {
        for (RoundingTarget target : values()) {
            if (target.label.equals(label)) {
                return target;
            }
        }
        throw new ModelException(
                ModelException.Code.INVALID_ARGUMENT, "target: " + label + " (expected: layers or logits)");
    }
}
