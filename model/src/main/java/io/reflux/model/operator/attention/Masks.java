package io.reflux.model.operator.attention;

import io.reflux.model.operator.spi.ScriptEmitter;

/** Masks of attention as libtorch's fused kernels want them: of two or of four axes. */
final class Masks {

    private Masks() {}

    /** A mask of rank 3 gets a leading axis of size 1. */
    static String fourAxes(ScriptEmitter out, String mask) {
        String value = out.value(mask);
        return out.shape(mask).size() == 3 ? "torch.unsqueeze(" + value + ", 0)" : value;
    }

    /** A mask, and no key behind the query's own position. */
    static String causal(String mask, boolean booleans, String q, String k) {
        String ones = "torch.ones([torch.size(" + q + ", -2), torch.size(" + k
                + ", -2)], dtype=11, device=ops.prim.device(" + q + "))";
        return booleans
                ? "torch.logical_and(" + mask + ", torch.tril(" + ones + "))"
                : "torch.masked_fill(" + mask + ", torch.triu(" + ones + ", 1), -inf)";
    }
}
