package io.reflux.model.precision;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The one table of what runs in which precision, by the name of an ONNX operator.
 *
 * <p>What is not in it follows its inputs: moving data, adding, multiplying, clipping and the like keep a value as precise
 * as it came.
 */
public final class PrecisionPolicy {

    private static final Map<String, OperatorPrecision> TABLE = table();

    private PrecisionPolicy() {}

    /** The precision of an operator. */
    public static OperatorPrecision of(String operator) {
        return TABLE.getOrDefault(operator, OperatorPrecision.FOLLOW);
    }

    /** Names of the operators that do not simply follow their inputs, sorted. */
    public static Set<String> named() {
        return TABLE.keySet();
    }

    private static Map<String, OperatorPrecision> table() {
        Map<String, OperatorPrecision> table = new TreeMap<>();
        put(
                table,
                OperatorPrecision.LOW,
                "Gemm",
                "MatMul",
                "FusedMatMul",
                "Einsum",
                "Conv",
                "ConvTranspose",
                "Attention");
        put(table, OperatorPrecision.STATISTICS, "BatchNormalization");
        put(
                table,
                OperatorPrecision.FULL,
                "LayerNormalization",
                "GroupNormalization",
                "InstanceNormalization",
                "LpNormalization",
                "LRN",
                "MeanVarianceNormalization",
                "RMSNormalization",
                "SimplifiedLayerNormalization",
                "SkipLayerNormalization",
                "SkipSimplifiedLayerNormalization");
        put(table, OperatorPrecision.FULL, "Softmax", "LogSoftmax");
        put(
                table,
                OperatorPrecision.FULL,
                "ReduceL1",
                "ReduceL2",
                "ReduceLogSum",
                "ReduceLogSumExp",
                "ReduceMean",
                "ReduceProd",
                "ReduceSum",
                "ReduceSumSquare",
                "CumSum");
        put(
                table,
                OperatorPrecision.FULL,
                "Exp",
                "Log",
                "Pow",
                "Sqrt",
                "Reciprocal",
                "Softplus",
                "Sinh",
                "Cosh",
                "Tan");
        put(table, OperatorPrecision.FULL, "Acos", "Acosh", "Asin", "Atanh", "LpPool", "GlobalLpPool");
        put(table, OperatorPrecision.FULL, "QuantizeLinear", "DequantizeLinear", "FakeQuantize");
        // They say themselves which type they make.
        put(table, OperatorPrecision.FULL, "Cast", "CastLike");
        return Collections.unmodifiableMap(table);
    }

    private static void put(Map<String, OperatorPrecision> table, OperatorPrecision precision, String... operators) {
        for (String operator : operators) {
            table.put(operator, precision);
        }
    }
}
