package io.reflux.model.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of one node by name. Immutable; attributes of kinds without an accessor here (graphs, types) are
 * kept as they are. Each accessor throws {@link ModelException} if the attribute has another kind.
 */
public final class Attributes {

    /** No attributes; the start for {@code withX}. */
    public static final Attributes NONE = new Attributes(Map.of());

    private final Map<String, AttributeProto> byName;

    private Attributes(Map<String, AttributeProto> byName) {
        this.byName = byName;
    }

    static Attributes of(List<AttributeProto> protos) {
        Map<String, AttributeProto> byName = new LinkedHashMap<>();
        for (AttributeProto proto : protos) {
            if (byName.putIfAbsent(proto.getName(), proto) != null) {
                throw new ModelException(
                        ModelException.Code.MALFORMED,
                        "attribute " + proto.getName() + ": given twice (expected: once)");
            }
        }
        return new Attributes(byName);
    }

    /** Names in the order of the file. */
    public Set<String> names() {
        return Collections.unmodifiableSet(byName.keySet());
    }

    public long getInt(String name, long defaultValue) {
        AttributeProto attribute = find(name, AttributeType.INT);
        return attribute == null ? defaultValue : attribute.getI();
    }

    public float getFloat(String name, float defaultValue) {
        AttributeProto attribute = find(name, AttributeType.FLOAT);
        return attribute == null ? defaultValue : attribute.getF();
    }

    public List<Long> getInts(String name, List<Long> defaultValue) {
        AttributeProto attribute = find(name, AttributeType.INTS);
        return attribute == null ? defaultValue : List.copyOf(attribute.getIntsList());
    }

    public List<Float> getFloats(String name, List<Float> defaultValue) {
        AttributeProto attribute = find(name, AttributeType.FLOATS);
        return attribute == null ? defaultValue : List.copyOf(attribute.getFloatsList());
    }

    public String getString(String name, String defaultValue) {
        AttributeProto attribute = find(name, AttributeType.STRING);
        return attribute == null ? defaultValue : attribute.getS().toStringUtf8();
    }

    /** The tensor under this name, or null if there is none. */
    public @Nullable GraphTensor getTensor(String name) {
        AttributeProto attribute = find(name, AttributeType.TENSOR);
        return attribute == null
                ? null
                : TensorProtos.read(attribute.getT().toBuilder().setName(name).build());
    }

    public Attributes withInt(String name, long value) {
        return with(attribute(name, AttributeType.INT).setI(value).build());
    }

    public Attributes withFloat(String name, float value) {
        return with(attribute(name, AttributeType.FLOAT).setF(value).build());
    }

    public Attributes withInts(String name, List<Long> values) {
        return with(attribute(name, AttributeType.INTS).addAllInts(values).build());
    }

    public Attributes withInts(String name, long... values) {
        return withInts(name, Arrays.stream(values).boxed().toList());
    }

    public Attributes withString(String name, String value) {
        return with(attribute(name, AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build());
    }

    public Attributes withTensor(String name, GraphTensor value) {
        return with(attribute(name, AttributeType.TENSOR)
                .setT(TensorProtos.write(value))
                .build());
    }

    /**
     * With a sub-graph, such as a branch of an If.
     *
     * @param content the sub-graph's nodes and outputs; it may read values of the graph around it
     */
    public Attributes withGraph(String name, ModelGraphBuilder content) {
        return with(attribute(name, AttributeType.GRAPH).setG(content.graph()).build());
    }

    /** Without those of some names. */
    public Attributes without(Set<String> names) {
        Map<String, AttributeProto> copy = new LinkedHashMap<>(byName);
        copy.keySet().removeAll(names);
        return new Attributes(copy);
    }

    Collection<AttributeProto> protos() {
        return byName.values();
    }

    private static AttributeProto.Builder attribute(String name, AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }

    private Attributes with(AttributeProto attribute) {
        Map<String, AttributeProto> copy = new LinkedHashMap<>(byName);
        copy.put(attribute.getName(), attribute);
        return new Attributes(copy);
    }

    private @Nullable AttributeProto find(String name, AttributeType expected) {
        AttributeProto attribute = byName.get(name);
        if (attribute != null && attribute.getType() != expected) {
            throw new ModelException(
                    ModelException.Code.MALFORMED,
                    "attribute " + name + ": " + attribute.getType() + " (expected: " + expected + ")");
        }
        return attribute;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Attributes attributes && byName.equals(attributes.byName);
    }

    @Override
    public int hashCode() {
        return Objects.hash(byName);
    }

    @Override
    public String toString() {
        return byName.keySet().toString();
    }
}
