package io.reflux.quantization.rewrite;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.FreshNames;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.operator.RoleOverrides;
import io.reflux.quantization.placement.Dequantized;
import io.reflux.quantization.qparams.Granularity;
import io.reflux.quantization.qparams.QParams;
import io.reflux.quantization.qparams.QuantizedTensor;
import io.reflux.quantization.storage.StoredForm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns the weights that stand behind a QuantizeLinear into the integers it makes of them. The graph computes what it did,
 * bit for bit, and its file is about a quarter of the size, or less where they are of fewer than 8 bits. They keep the
 * name of their weight, where it is free.
 */
public final class WeightStorage {

    private final ModelGraph graph;
    private final GraphLinks links;
    private final ModelGraphBuilder builder;
    private final FreshNames names;
    private final Set<String> done = new HashSet<>();
    /** Integers in the place of a QuantizeLinear's output, under the weight's name. */
    private final Map<String, GraphTensor> stored = new LinkedHashMap<>();
    /** Names that nothing has any more. */
    private final Set<String> free = new HashSet<>();
    /** What stands in the place of a DequantizeLinear whose scale changes, by its name. */
    private final Map<String, GraphNode> spread = new HashMap<>();

    private WeightStorage(ModelGraph graph) {
        this.graph = graph;
        this.links = GraphLinks.of(graph);
        this.builder = graph.toBuilder();
        this.names = FreshNames.of(graph);
    }

    /** The graph with its weights as integers; the same graph where none stands behind a QuantizeLinear. */
    public static ModelGraph store(ModelGraph graph) {
        ModelGraph stored = new WeightStorage(graph).store();
        return stored == graph ? graph : StoredForm.of(stored);
    }

    private ModelGraph store() {
        for (GraphNode node : graph.nodes()) {
            if (node.operator().equals("QuantizeLinear") && isStored(node)) {
                store(node);
            }
        }
        if (done.isEmpty()) {
            return graph;
        }
        List<GraphNode> kept = graph.nodes().stream()
                .filter(node -> !done.contains(node.name()))
                .map(node -> spread.getOrDefault(node.name(), node))
                .map(this::withoutZeros)
                .toList();
        Set<String> read = new HashSet<>();
        kept.forEach(node -> read.addAll(node.inputs()));
        graph.nodes().stream()
                .flatMap(node -> node.inputs().stream())
                .distinct()
                .filter(name -> graph.initializers().containsKey(name) && !read.contains(name) && !links.isOutput(name))
                .forEach(name -> {
                    builder.removeInitializer(name);
                    free.add(name);
                });
        Map<String, String> renames = new HashMap<>();
        stored.forEach((output, integers) -> {
            String name = free.remove(integers.name()) ? integers.name() : output;
            renames.put(output, name);
            builder.initializer(integers.withName(name));
        });
        return RoleOverrides.pruned(builder.replaceNodes(
                        kept.stream().map(node -> renamed(node, renames)).toList())
                .build());
    }

    /**
     * A zero point that is 0 need not be there: the type is that of the integers. ONNX Runtime 1.29 wants it for its QGemm
     * and MatMulIntegerToFloat all the same.
     */
    private GraphNode withoutZeros(GraphNode node) {
        boolean isZero = node.operator().equals("DequantizeLinear")
                && stored.containsKey(node.input(0))
                && links.readers(node.output(0)).stream().noneMatch(this::isIntegerProduct)
                && graph.constant(node.input(2))
                        .filter(zeroPoint -> Arrays.stream(zeroPoint.longs()).allMatch(zero -> zero == 0))
                        .isPresent();
        return isZero
                ? new GraphNode(
                        node.name(),
                        node.operator(),
                        node.domain(),
                        node.inputs().subList(0, 2),
                        node.outputs(),
                        node.attributes())
                : node;
    }

    private boolean isIntegerProduct(GraphNode reader) {
        return !reader.operator().equals("Conv")
                && Dequantized.maker(links, reader.input(0)).isPresent();
    }

    private static GraphNode renamed(GraphNode node, Map<String, String> renames) {
        List<String> inputs = new ArrayList<>(node.inputs());
        inputs.replaceAll(input -> renames.getOrDefault(input, input));
        return new GraphNode(node.name(), node.operator(), node.domain(), inputs, node.outputs(), node.attributes());
    }

    private boolean isStored(GraphNode quantize) {
        return graph.initializers().containsKey(quantize.input(0))
                && graph.constant(quantize.input(1)).isPresent()
                && (!quantize.hasInput(2) || graph.constant(quantize.input(2)).isPresent());
    }

    private void store(GraphNode quantize) {
        GraphTensor weight = graph.initializers().get(quantize.input(0));
        GraphTensor scale = graph.constant(quantize.input(1)).orElseThrow();
        GraphTensor zeroPoint =
                quantize.hasInput(2) ? graph.constant(quantize.input(2)).orElseThrow() : null;
        ElementType type = zeroPoint == null
                ? ElementType.of((int) quantize.attributes().getInt("output_dtype", 0))
                        .orElse(ElementType.UINT8)
                : zeroPoint.type();
        int quantMin = (int) type.least();
        int quantMax = (int) type.most();
        String output = quantize.output(0);
        done.add(quantize.name());
        GraphNode clip = links.readOnlyOnce(output) ? links.readers(output).get(0) : quantize;
        if (clip.operator().equals("Clip")) {
            quantMin = (int) graph.constant(clip.input(1)).orElseThrow().longs()[0];
            quantMax = (int) graph.constant(clip.input(2)).orElseThrow().longs()[0];
            output = clip.output(0);
            done.add(clip.name());
        }
        float[] scales = scale.floats();
        List<QParams> qparams = new ArrayList<>();
        for (int i = 0; i < scales.length; i++) {
            int zero = zeroPoint == null ? 0 : (int) zeroPoint.longs()[i];
            qparams.add(new QParams(scales[i], zero, quantMin, quantMax));
        }
        int[] codes = QuantizedTensor.of(weight, granularity(quantize, weight, scale), qparams)
                .codes();
        int factor = spread(output);
        long[] values = new long[codes.length];
        for (int i = 0; i < codes.length; i++) {
            values[i] = (long) codes[i] * factor;
        }
        stored.put(output, GraphTensor.of(weight.name(), type, weight.shape(), values));
    }

    /** Divides the scale of integers by what they are multiplied by, which it returns. */
    private int spread(String integers) {
        GraphNode reader =
                links.readOnlyOnce(integers) ? links.readers(integers).get(0) : null;
        if (reader == null || !reader.operator().equals("DequantizeLinear")) {
            return 1;
        }
        int factor = CodeSpread.factor(graph, links, reader);
        if (factor > 1) {
            GraphTensor scale = graph.constant(reader.input(1)).orElseThrow();
            float[] values = scale.floats();
            for (int i = 0; i < values.length; i++) {
                values[i] /= factor;
            }
            String name = names.of(scale.name() + "_spread");
            builder.initializer(GraphTensor.of(name, scale.shape(), values));
            List<String> inputs = new ArrayList<>(reader.inputs());
            inputs.set(1, name);
            spread.put(
                    reader.name(),
                    new GraphNode(reader.name(), reader.operator(), "", inputs, reader.outputs(), reader.attributes()));
        }
        return factor;
    }

    private static Granularity granularity(GraphNode quantize, GraphTensor weight, GraphTensor scale) {
        if (scale.size() == 1 && scale.shape().length <= 1) {
            return Granularity.PER_TENSOR;
        }
        int rank = weight.shape().length;
        int axis = Math.floorMod((int) quantize.attributes().getInt("axis", 1), rank);
        int block = (int) quantize.attributes().getInt("block_size", 0);
        return block == 0 ? new Granularity.PerAxis(axis) : new Granularity.PerGroup(axis, block);
    }
}
