package io.reflux.quantization.target;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelException;
import io.reflux.quantization.qparams.Scheme;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The engine that a quantised graph is made for. Biases stay 32-bit floats on all of them: the engines turn them into
 * integers themselves.
 */
public enum Target {
    /**
     * ONNX Runtime on processors: unsigned activations, whose zero point is 0 behind a Relu, so that the Relu is part of
     * the layer; signed symmetric weights. Products of fewer than 8 bits run in its 8-bit kernels.
     */
    ONNXRUNTIME_CPU("onnxruntime-cpu", false, 1),
    /** Signed symmetric activations and weights of 8 bits, as TensorRT and ONNX Runtime on CUDA take them. */
    TENSORRT("tensorrt", true, 8);

    private static final Map<String, OperatorPart> COMMON = common();

    private static final Map<String, OperatorPart> ARITHMETIC_OF_ONNXRUNTIME = Map.of(
            "Add", OperatorPart.ARITHMETIC,
            "Mul", OperatorPart.ARITHMETIC,
            "Concat", OperatorPart.ARITHMETIC,
            "AveragePool", OperatorPart.ARITHMETIC,
            "GlobalAveragePool", OperatorPart.ARITHMETIC,
            "LeakyRelu", OperatorPart.ARITHMETIC,
            "Sigmoid", OperatorPart.ARITHMETIC);

    private static final Map<String, OperatorPart> ARITHMETIC_OF_TENSORRT = Map.of(
            "Add", OperatorPart.ARITHMETIC,
            "AveragePool", OperatorPart.ARITHMETIC,
            "GlobalAveragePool", OperatorPart.ARITHMETIC);

    private final String label;
    private final boolean symmetricActivations;
    private final int leastBits;

    Target(String label, boolean symmetricActivations, int leastBits) {
        this.label = label;
        this.symmetricActivations = symmetricActivations;
        this.leastBits = leastBits;
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
    public static Target of(String label) {
        return Arrays.stream(values())
                .filter(target -> target.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new ModelException(
                        ModelException.Code.INVALID_ARGUMENT,
                        "target: " + label + " (expected: "
                                + Arrays.stream(values()).map(Target::label).collect(Collectors.joining(" or "))
                                + ")"));
    }

    /**
     * What activations are quantised to.
     *
     * @throws ModelException if the target has no integers of so many bits
     */
    public Scheme activations(int bits) {
        requireBits("activationBits", bits);
        return symmetricActivations ? Scheme.symmetric(bits) : Scheme.unsigned(bits);
    }

    /**
     * What weights are quantised to.
     *
     * @throws ModelException if the target has no integers of so many bits
     */
    public Scheme weights(int bits) {
        requireBits("weightBits", bits);
        return Scheme.symmetric(bits);
    }

    private void requireBits(String name, int bits) {
        if (bits < leastBits || bits > 8) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT,
                    name + ": " + bits + " (expected: " + (leastBits == 8 ? "8" : leastBits + " to 8") + ", on target "
                            + label + ")");
        }
    }

    /** What an operator does in a graph for this target. */
    public OperatorPart part(GraphNode node) {
        if (!node.domain().isEmpty()) {
            return OperatorPart.FLOAT;
        }
        Map<String, OperatorPart> arithmetic = this == TENSORRT ? ARITHMETIC_OF_TENSORRT : ARITHMETIC_OF_ONNXRUNTIME;
        OperatorPart common = COMMON.get(node.operator());
        return common != null ? common : arithmetic.getOrDefault(node.operator(), OperatorPart.FLOAT);
    }

    private static Map<String, OperatorPart> common() {
        Map<String, OperatorPart> table = new TreeMap<>();
        table.put("Conv", OperatorPart.CLOSED_PRODUCT);
        table.put("Gemm", OperatorPart.PRODUCT);
        table.put("MatMul", OperatorPart.PRODUCT);
        for (String move : new String[] {
            "MaxPool", "Flatten", "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Slice", "DepthToSpace"
        }) {
            table.put(move, OperatorPart.MOVE);
        }
        table.put("Relu", OperatorPart.BOUND);
        table.put("Clip", OperatorPart.BOUND);
        table.put("Dropout", OperatorPart.NOTHING);
        table.put("Identity", OperatorPart.NOTHING);
        return Map.copyOf(table);
    }
}
