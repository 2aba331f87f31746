package io.reflux.model.operator.normalization;

import io.reflux.model.operator.spi.Operator;
import java.util.List;

/** The table of this family. */
public final class NormalizationOperators {

    private NormalizationOperators() {}

    /** Every operator of the family; adding one is a line here, and a class unless it has the form of another. */
    public static List<Operator> all() {
        return List.of(
                new BatchNormalization(),
                new GroupNormalization(),
                new InstanceNormalization(),
                new LastAxes("LayerNormalization", 17, LastAxes.Form.LAYER),
                new LocalResponse(),
                new LpNormalization(),
                new MeanVarianceNormalization(),
                new SkipNormalization("SkipLayerNormalization", LastAxes.Form.LAYER),
                new SkipNormalization("SkipSimplifiedLayerNormalization", LastAxes.Form.ROOT_MEAN_SQUARE),
                new LastAxes("RMSNormalization", 23, LastAxes.Form.ROOT_MEAN_SQUARE),
                // ONNX Runtime's own, in ONNX's domain though not in its specification.
                new LastAxes("SimplifiedLayerNormalization", 13, LastAxes.Form.ROOT_MEAN_SQUARE));
    }
}
