package io.reflux.model.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Builds a {@link ModelGraph}, from nothing or from another graph. Not thread-safe. Consistency is checked by
 * {@link #build}, so calls may come in any order.
 */
public final class ModelGraphBuilder {

    /** Widely read: ONNX Runtime since 1.12. */
    private static final int OPSET = 17;

    private static final int IR_VERSION = 8;

    private final ModelProto.Builder model;
    private final GraphProto.Builder graph;
    private final String source;

    ModelGraphBuilder(String name) {
        this(
                ModelProto.newBuilder()
                        .setIrVersion(IR_VERSION)
                        .setProducerName("reflux")
                        .addOpsetImport(
                                OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
                        .setGraph(GraphProto.newBuilder().setName(name))
                        .build(),
                name);
    }

    ModelGraphBuilder(ModelProto start, String source) {
        this.model = start.toBuilder();
        this.graph = model.getGraphBuilder();
        this.source = source;
    }

    /**
     * Sets the version of ONNX's own operator set; {@link ModelGraph#MIN_OPSET} to {@link ModelGraph#MAX_OPSET}. The file
     * format becomes at least the one that this set came with.
     */
    public ModelGraphBuilder opset(int version) {
        model.setIrVersion(Math.max(model.getIrVersion(), FormatVersions.of(version)));
        return operatorSet("", version);
    }

    /** Sets the version of an operator set, such as {@code com.microsoft}, that nodes may be from; "" = ONNX's own. */
    public ModelGraphBuilder operatorSet(String domain, int version) {
        int index = indexOf(
                domain,
                model.getOpsetImportCount(),
                i -> model.getOpsetImport(i).getDomain());
        if (index >= 0) {
            model.removeOpsetImport(index);
        }
        model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version));
        return this;
    }

    /** Adds an input; -1 marks a free dimension, which the file names "batch". */
    public ModelGraphBuilder input(String name, ElementType type, long... shape) {
        graph.addInput(valueInfo(name, type, shape));
        return this;
    }

    /** Adds an output; -1 marks a free dimension, which the file names "batch". */
    public ModelGraphBuilder output(String name, ElementType type, long... shape) {
        graph.addOutput(valueInfo(name, type, shape));
        return this;
    }

    /** Adds an output that states no shape. */
    public ModelGraphBuilder outputOfAnyShape(String name, ElementType type) {
        graph.addOutput(ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type.onnxCode()))));
        return this;
    }

    /**
     * Takes a value off the outputs; its node stays.
     *
     * @throws ModelException if there is no output of that name
     */
    public ModelGraphBuilder removeOutput(String name) {
        int index =
                indexOf(name, graph.getOutputCount(), i -> graph.getOutput(i).getName());
        graph.removeOutput(existing("output", name, index));
        return this;
    }

    /** Adds an initialiser, or replaces the one of that name. */
    public ModelGraphBuilder initializer(GraphTensor tensor) {
        int index = indexOf(
                tensor.name(),
                graph.getInitializerCount(),
                i -> graph.getInitializer(i).getName());
        if (index < 0) {
            graph.addInitializer(TensorProtos.write(tensor));
        } else {
            graph.setInitializer(index, TensorProtos.write(tensor));
        }
        return this;
    }

    /**
     * Removes an initialiser, and the input of its name that old files have beside it.
     *
     * @throws ModelException if there is none of that name
     */
    public ModelGraphBuilder removeInitializer(String name) {
        int index = indexOf(
                name, graph.getInitializerCount(), i -> graph.getInitializer(i).getName());
        graph.removeInitializer(existing("initialiser", name, index));
        int input = indexOf(name, graph.getInputCount(), i -> graph.getInput(i).getName());
        if (input >= 0) {
            graph.removeInput(input);
        }
        return this;
    }

    /** Adds a node of ONNX's own operator set without attributes. */
    public ModelGraphBuilder node(String operator, String name, List<String> inputs, List<String> outputs) {
        return node(operator, name, inputs, outputs, Attributes.NONE);
    }

    /** Adds a node of ONNX's own operator set. */
    public ModelGraphBuilder node(
            String operator, String name, List<String> inputs, List<String> outputs, Attributes attributes) {
        return node(new GraphNode(name, operator, "", inputs, outputs, attributes));
    }

    public ModelGraphBuilder node(GraphNode node) {
        NodeProto.Builder proto = NodeProto.newBuilder()
                .setName(node.name())
                .setOpType(node.operator())
                .addAllInput(node.inputs())
                .addAllOutput(node.outputs())
                .addAllAttribute(node.attributes().protos());
        if (!node.domain().isEmpty()) {
            proto.setDomain(node.domain());
        }
        graph.addNode(proto);
        return this;
    }

    /** Puts these nodes in the place of all there are, as a rewrite of the whole graph does. */
    public ModelGraphBuilder replaceNodes(List<GraphNode> nodes) {
        graph.clearNode();
        nodes.forEach(this::node);
        return this;
    }

    /**
     * Removes a node by the name the file gives it.
     *
     * @throws ModelException if there is none of that name
     */
    public ModelGraphBuilder removeNode(String name) {
        int index = indexOf(name, graph.getNodeCount(), i -> graph.getNode(i).getName());
        graph.removeNode(existing("node", name, index));
        return this;
    }

    /** Leaves out what the file says of the types and shapes of inner values, which follow from the nodes. */
    public ModelGraphBuilder withoutValueNotes() {
        graph.clearValueInfo();
        return this;
    }

    /** Adds a note that travels with the file, or replaces the one of that key. */
    public ModelGraphBuilder metadata(String key, String value) {
        int index = indexOf(
                key,
                model.getMetadataPropsCount(),
                i -> model.getMetadataProps(i).getKey());
        if (index >= 0) {
            model.removeMetadataProps(index);
        }
        model.addMetadataProps(StringStringEntryProto.newBuilder().setKey(key).setValue(value));
        return this;
    }

    GraphProto graph() {
        return graph.build();
    }

    /** @throws ModelException if the graph is not consistent */
    public ModelGraph build() {
        return ModelGraph.of(model.build(), source);
    }

    private static ValueInfoProto valueInfo(String name, ElementType type, long... shape) {
        TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
        for (int i = 0; i < shape.length; i++) {
            if (shape[i] == -1) {
                dimensions.addDimBuilder().setDimParam(i == 0 ? "batch" : name + "_" + i);
            } else {
                dimensions.addDimBuilder().setDimValue(shape[i]);
            }
        }
        TypeProto.Tensor.Builder tensor =
                TypeProto.Tensor.newBuilder().setElemType(type.onnxCode()).setShape(dimensions);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    private static int indexOf(String name, int count, IntFunction<String> names) {
        for (int i = 0; i < count; i++) {
            if (names.apply(i).equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private int existing(String kind, String name, int index) {
        if (index < 0) {
            throw new ModelException(
                    ModelException.Code.INVALID_ARGUMENT,
                    source + ": " + kind + " " + name + ": not there (expected: the name of one)");
        }
        return index;
    }
}
