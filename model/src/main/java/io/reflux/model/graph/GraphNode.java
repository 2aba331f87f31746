package io.reflux.model.graph;

import java.util.List;

/**
 * One operator applied to named values.
 *
 * @param name unique in its graph; the graph makes one up ({@code Relu_3}) where the file has none
 * @param operator the ONNX operator, such as {@code Conv}
 * @param domain the operator set it is from; empty = ONNX's own
 * @param inputs value names in the operator's order; "" = an optional input that is absent
 * @param outputs value names in the operator's order; "" = an output nobody asked for
 */
public record GraphNode(
        String name, String operator, String domain, List<String> inputs, List<String> outputs, Attributes attributes) {

    public GraphNode {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** The value name at an input position, "" if the position is absent or left out at the end. */
    public String input(int position) {
        return position < inputs.size() ? inputs.get(position) : "";
    }

    public boolean hasInput(int position) {
        return !input(position).isEmpty();
    }

    /** The value name at an output position, "" if nobody asked for it. */
    public String output(int position) {
        return position < outputs.size() ? outputs.get(position) : "";
    }

    /** How messages call the node: {@code fc1 (Gemm)}. */
    public String label() {
        return name + " (" + operator + ")";
    }
}
