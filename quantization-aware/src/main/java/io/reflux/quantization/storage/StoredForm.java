package io.reflux.quantization.storage;

import io.reflux.model.graph.ModelGraph;
import io.reflux.model.operator.RoleOverrides;
import io.reflux.quantization.kernels.KernelShapes;

/** The form in which a quantised graph is shipped: as small as its file can be, and as fast. */
public final class StoredForm {

    private StoredForm() {}

    /**
     * The graph with its integers in the layout that engines multiply with, packed, and with short names; it computes the
     * same. A graph that is in this form stays as it is.
     */
    public static ModelGraph of(ModelGraph graph) {
        ModelGraph shaped = DefaultAttributes.of(KernelShapes.of(CoveredBounds.of(graph)));
        ModelGraph laidOut = ProductActivations.of(ProductLayout.of(GatheredRows.of(shaped)));
        ModelGraph typed = TypedProducts.of(laidOut, IntegerStorage.newestOperatorSet(laidOut));
        return CompactNames.of(RoleOverrides.pruned(IntegerStorage.pack(typed)));
    }
}
