package io.reflux.model.precision;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.NodeContext;
import java.util.Collections;
import java.util.List;
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

    /** Largest depthwise kernel that has fast gradients in bf16. */
    private static final int FAST_KERNEL = 3;

    private PrecisionPolicy() {}

    /**
     * The precision of a node: that of its operator, but for depthwise convolutions with strides or with kernels of more
     * than 3×3. oneDNN has no fast gradients of these in bf16: 6.4 ms in the place of 0.5 for a layer of MobileNetV1.
     */
    public static OperatorPrecision of(GraphNode node, NodeContext context) {
        return node.operator().equals("Conv") && isSlowDepthwise(node, context)
                ? OperatorPrecision.FULL
                : of(node.operator());
    }

    private static boolean isSlowDepthwise(GraphNode node, NodeContext context) {
        List<Long> weight = context.shape(node.input(1));
        boolean depthwise = node.attributes().getInt("group", 1) > 1 && weight.get(1) == 1;
        boolean strided =
                node.attributes().getInts("strides", List.of()).stream().anyMatch(stride -> stride > 1);
        return depthwise && (strided || weight.stream().skip(2).anyMatch(size -> size > FAST_KERNEL));
    }

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
        put(table, OperatorPrecision.FULL, "QuantizeLinear", "DequantizeLinear", "FakeQuantize", "Binarize");
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
