package io.reflux.model.operator;

import io.reflux.model.graph.GraphTensor;
import java.util.Locale;
import java.util.Set;

/**
 * Signs that a tensor in arithmetic was never a weight: what exporters call the constants they fold, what networks call
 * their tables that are not trained, and the huge numbers of an attention mask.
 */
final class ConstantSigns {

    /** Above this no weight is; masks hold -10000, the lowest float or minus infinity. */
    private static final float LARGEST_WEIGHT = 9999;

    /** Prefixes of names that PyTorch's two exporters make up for values they computed. */
    private static final Set<String> MADE_UP = Set.of("onnx::", "_to_copy", "val_", "/", "_val_", "constant");

    /** Last parts of dotted names of tables that are not trained. */
    private static final Set<String> TABLES =
            Set.of("attn_mask", "mask", "inv_freq", "cos_cached", "sin_cached", "masked_bias", "position_ids");

    private ConstantSigns() {}

    static boolean of(GraphTensor tensor) {
        String name = tensor.name().toLowerCase(Locale.ROOT);
        return MADE_UP.stream().anyMatch(name::startsWith)
                || TABLES.contains(name.substring(name.lastIndexOf('.') + 1))
                || hasHugeValue(tensor);
    }

    private static boolean hasHugeValue(GraphTensor tensor) {
        for (float value : tensor.floats()) {
            if (!(Math.abs(value) <= LARGEST_WEIGHT)) {
                return true;
            }
        }
        return false;
    }
}
