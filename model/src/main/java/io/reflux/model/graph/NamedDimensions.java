package io.reflux.model.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Gives free dimensions a size by the name that the file gives them. */
final class NamedDimensions {

    private NamedDimensions() {}

    static ModelProto fix(ModelProto model, Map<String, Long> sizes) {
        ModelProto.Builder edited = model.toBuilder();
        GraphProto.Builder graph = edited.getGraphBuilder();
        Set<String> names = names(graph.getInputList());
        sizes.forEach((name, size) -> {
            if (!names.contains(name)) {
                throw new ModelException(
                        ModelException.Code.INVALID_ARGUMENT,
                        "dimensions: " + name + " (expected: a free dimension's name; "
                                + (names.isEmpty()
                                        ? "no input has one"
                                        : "nearest: " + NamePatterns.nearest(name, names))
                                + ")");
            }
            if (size < 1) {
                throw new ModelException(
                        ModelException.Code.INVALID_ARGUMENT, "dimensions." + name + ": " + size + " (expected: >= 1)");
            }
        });
        graph.getInputBuilderList().forEach(value -> fix(value, sizes));
        graph.getOutputBuilderList().forEach(value -> fix(value, sizes));
        graph.getValueInfoBuilderList().forEach(value -> fix(value, sizes));
        return edited.build();
    }

    private static void fix(ValueInfoProto.Builder value, Map<String, Long> sizes) {
        if (value.getType().getTensorType().hasShape()) {
            for (Dimension.Builder dimension : value.getTypeBuilder()
                    .getTensorTypeBuilder()
                    .getShapeBuilder()
                    .getDimBuilderList()) {
                Long size = sizes.get(dimension.getDimParam());
                if (size != null) {
                    dimension.setDimValue(size);
                }
            }
        }
    }

    private static Set<String> names(List<ValueInfoProto> values) {
        Set<String> names = new TreeSet<>();
        for (ValueInfoProto value : values) {
            value.getType().getTensorType().getShape().getDimList().stream()
                    .map(Dimension::getDimParam)
                    .filter(name -> !name.isEmpty())
                    .forEach(names::add);
        }
        return names;
    }
}
