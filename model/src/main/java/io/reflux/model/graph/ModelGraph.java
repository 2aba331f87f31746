package io.reflux.model.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX model: nodes in an order that can be run, inputs, outputs, constant tensors and metadata.
 *
 * <p>Immutable and thread-safe. What this class does not understand (documentation strings, unknown fields, attributes)
 * is kept and written back. A graph is consistent by construction: every value is made once before it is used, no
 * cycles, and each initialiser has as many values as its shape says. Whether the operators are supported is another
 * question, asked of {@code io.reflux.model.operator.Operators}.
 */
public final class ModelGraph {

    /** The oldest operator set understood: since 13, Softmax means one axis and reductions take tensors. */
    public static final int MIN_OPSET = 13;

    /** The newest operator set that ONNX Runtime, the reference, runs. */
    public static final int MAX_OPSET = 26;

    private final ModelProto proto;
    private final String source;
    private final ByteString bytes;
    private final GraphContent content;
    /** Made when first asked for; two threads may both make it, and make the same. */
    private volatile @Nullable String digest;

    private ModelGraph(ModelProto proto, String source, ByteString bytes) {
        this.proto = proto;
        this.source = source;
        this.bytes = bytes;
        this.content = GraphContent.of(proto);
    }

    /**
     * Reads a file, and those in its folder that it keeps values in. FLOAT16 and BFLOAT16 become FLOAT: weights keep
     * their values, and what is computed is rounded less.
     *
     * @throws ModelException if a file is missing, unreadable or not in the model's folder, if there are 2 GiB or more,
     *     or if it is not a consistent ONNX model of an operator set in {@link #MIN_OPSET}..{@link #MAX_OPSET}
     */
    public static ModelGraph read(Path file) {
        ByteString bytes = UnsafeByteOperations.unsafeWrap(ModelFiles.read(file));
        try {
            return of(bytes, proto -> ExternalData.embed(proto, file), file.toString());
        } catch (ModelException e) {
            throw e.in(file.toString());
        }
    }

    /**
     * Reads a model from bytes, which must not change afterwards.
     *
     * @param source what messages call it: a file name, an address
     * @throws ModelException as {@link #read}, and if values are kept in other files
     */
    public static ModelGraph parse(byte[] bytes, String source) {
        try {
            return of(UnsafeByteOperations.unsafeWrap(bytes), proto -> proto, source);
        } catch (ModelException e) {
            throw e.in(source);
        }
    }

    private static ModelGraph of(ByteString bytes, UnaryOperator<ModelProto> complete, String source) {
        ModelProto stored = ModelFiles.parse(bytes);
        ModelProto proto = HalfPrecision.widen(complete.apply(stored));
        return new ModelGraph(proto, source, proto == stored ? bytes : proto.toByteString());
    }

    /** Starts a new, empty graph of operator set 17. */
    public static ModelGraphBuilder builder(String name) {
        return new ModelGraphBuilder(name);
    }

    /** Starts an edit of this graph; the graph itself stays as it is. */
    public ModelGraphBuilder toBuilder() {
        return new ModelGraphBuilder(proto, source);
    }

    static ModelGraph of(ModelProto proto, String source) {
        try {
            return new ModelGraph(proto, source, proto.toByteString());
        } catch (ModelException e) {
            throw e.in(source);
        }
    }

    /** The content of a file with all values inside; of a graph that was read from such a file, the very bytes read. */
    public byte[] toByteArray() {
        return bytes.toByteArray();
    }

    /**
     * Writes the file beside its final place and renames it, so that no reader ever sees half a file.
     *
     * @throws ModelException if the folder is missing or not writable
     */
    public void write(Path file) {
        ModelFiles.write(bytes, file);
    }

    /** SHA-256 of {@link #toByteArray}: 64 hexadecimal digits. */
    public String digest() {
        String known = digest;
        if (known == null) {
            known = ModelFiles.sha256(bytes);
            digest = known;
        }
        return known;
    }

    /** Bytes of {@link #toByteArray}. */
    public long byteSize() {
        return bytes.size();
    }

    /** The graph's own name; not the file's. */
    public String name() {
        return proto.getGraph().getName();
    }

    /** What messages call this graph: the file it was read from, or its name. */
    public String source() {
        return source;
    }

    /** Version of ONNX's own operator set that the nodes are from. */
    public int opset() {
        return content.opset();
    }

    /** The operator sets that the nodes are from, for messages: {@code operator set 17, com.microsoft 1}. */
    public String operatorSets() {
        StringBuilder text = new StringBuilder("operator set ").append(opset());
        proto.getOpsetImportList().stream()
                .filter(set -> !GraphContent.isOnnx(set.getDomain()))
                .forEach(set ->
                        text.append(", ").append(set.getDomain()).append(' ').append(set.getVersion()));
        return text.toString();
    }

    /** Nodes, each after all that it needs; the file's order where that is free. */
    public List<GraphNode> nodes() {
        return content.nodes();
    }

    /** What must be fed in: inputs that are not initialisers. */
    public List<ValueInfo> inputs() {
        return content.inputs();
    }

    public List<ValueInfo> outputs() {
        return content.outputs();
    }

    /** Constant tensors that are stored in the graph, by name, in the order of the file. */
    public Map<String, GraphTensor> initializers() {
        return content.initializers();
    }

    /** The initialiser or the output of a Constant node that has this name, if there is one. */
    public Optional<GraphTensor> constant(String valueName) {
        return Optional.ofNullable(content.constants().get(valueName));
    }

    /** Free-form notes that travel with the file, in the order of the file. */
    public Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        for (StringStringEntryProto entry : proto.getMetadataPropsList()) {
            metadata.put(entry.getKey(), entry.getValue());
        }
        return Collections.unmodifiableMap(metadata);
    }

    /**
     * A graph with other values in some initialisers; those not named stay.
     *
     * @param replacements by initialiser name; the tensors' own names are ignored
     * @throws ModelException if a name is not an initialiser's, or a type or shape differs from the one it replaces
     */
    public ModelGraph withInitializers(Map<String, GraphTensor> replacements) {
        ModelProto.Builder edited = proto.toBuilder();
        List<TensorProto.Builder> builders = edited.getGraphBuilder().getInitializerBuilderList();
        replacements.forEach((name, replacement) -> {
            GraphTensor current = initializers().get(name);
            if (current == null || !current.describe().equals(replacement.describe())) {
                throw new ModelException(
                        ModelException.Code.SHAPE_MISMATCH,
                        source + ": initialiser " + name + ": " + replacement.describe() + " (expected: "
                                + (current == null ? "the name of an initialiser" : current.describe()) + ")");
            }
        });
        for (TensorProto.Builder builder : builders) {
            GraphTensor replacement = replacements.get(builder.getName());
            if (replacement != null) {
                builder.clearFloatData().clearDoubleData().clearInt64Data().clearInt32Data();
                builder.setRawData(replacement.bytes());
            }
        }
        return of(edited.build(), source);
    }

    /**
     * Some of this graph's nodes as a graph of their own without inputs.
     *
     * @param nodes nodes of this graph, each after all that it needs
     * @param constants what they read that none of them makes
     * @param outputs what they make
     * @param types element types of the outputs
     */
    public ModelGraph part(
            List<GraphNode> nodes,
            Map<String, GraphTensor> constants,
            List<String> outputs,
            Map<String, ElementType> types) {
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(proto.getIrVersion())
                .addAllOpsetImport(proto.getOpsetImportList())
                .setGraph(GraphProto.newBuilder().setName(name()));
        ModelGraphBuilder builder = new ModelGraphBuilder(model.build(), source);
        constants.forEach((name, tensor) -> builder.initializer(tensor.withName(name)));
        nodes.forEach(builder::node);
        outputs.forEach(output -> builder.outputOfAnyShape(output, types.get(output)));
        return builder.build();
    }

    /**
     * A graph in which a node's sub-graph stands in place of the node. The sub-graph's constants become Constant nodes.
     *
     * @param node a node of this graph
     * @param attribute the attribute that holds the sub-graph, such as {@code then_branch}
     * @throws ModelException if the node has no such sub-graph, or one that does not fit its outputs
     */
    public ModelGraph withBranch(GraphNode node, String attribute) {
        return of(Branches.inline(proto, node, attribute), source);
    }

    /**
     * A graph with other nodes, and with initialisers that these read beside those of this graph; inputs, outputs and notes
     * stay.
     *
     * @param nodes in any order
     * @param added initialisers of names that this graph does not use
     * @throws ModelException if the nodes do not make the outputs, or a name is used twice
     */
    public ModelGraph withNodes(List<GraphNode> nodes, List<GraphTensor> added) {
        ModelProto.Builder edited = proto.toBuilder();
        edited.getGraphBuilder().clearNode();
        ModelGraphBuilder builder = new ModelGraphBuilder(edited.build(), source);
        nodes.forEach(builder::node);
        added.forEach(builder::initializer);
        return builder.build();
    }

    /**
     * A graph that also gives inner values: those of these names that are no outputs yet follow its own outputs, in this
     * order, without a stated shape. Nothing else about it changes.
     *
     * @param names of values that nodes make, of type FLOAT
     * @throws ModelException if no node makes a value of one of the names; the message has the nearest ones
     */
    public ModelGraph withOutputs(List<String> names) {
        Set<String> known = new HashSet<>();
        outputs().forEach(output -> known.add(output.name()));
        Set<String> made = new TreeSet<>();
        nodes().forEach(node -> made.addAll(node.outputs()));
        made.remove("");
        ModelGraphBuilder builder = toBuilder();
        for (String name : names) {
            if (!made.contains(name)) {
                throw new ModelException(
                        ModelException.Code.INVALID_ARGUMENT,
                        source + ": output " + name + " (expected: the name of a value that a node makes; nearest: "
                                + NamePatterns.nearest(name, made) + ")");
            }
            if (known.add(name)) {
                builder.outputOfAnyShape(name, ElementType.FLOAT);
            }
        }
        return known.size() == outputs().size() ? this : builder.build();
    }

    /**
     * A graph whose free dimensions of these names have these sizes, in inputs, outputs and notes on values.
     *
     * @param sizes by the name the file gives the dimension, such as {@code sequence}; each at least 1
     * @throws ModelException if no input has a free dimension of that name, or a size is less than 1
     */
    public ModelGraph withDimensions(Map<String, Long> sizes) {
        return of(NamedDimensions.fix(proto, sizes), source);
    }

    /** A graph with exactly this metadata, in the map's order. */
    public ModelGraph withMetadata(Map<String, String> metadata) {
        ModelProto.Builder edited = proto.toBuilder().clearMetadataProps();
        metadata.forEach((key, value) -> edited.addMetadataProps(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return of(edited.build(), source);
    }

    @Override
    public String toString() {
        return name() + " (" + source + ")";
    }
}
