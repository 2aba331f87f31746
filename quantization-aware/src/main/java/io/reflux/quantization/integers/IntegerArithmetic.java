package io.reflux.quantization.integers;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ValueInfo;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.quantization.placement.Dequantized;
import io.reflux.quantization.qparams.QParams;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes out what engines compute between pairs, integer for integer: layers, sums of two values and means over all
 * positions, as ONNX Runtime has them on x86. Pairs around layers of floats say the same but for the rounding of the
 * floats: sums of 32-bit floats depend on their order, and where one comes to lie on the other side of a half, an integer
 * changes, and all behind it. Evaluated this way, a graph answers as its file does.
 */
public final class IntegerArithmetic {

    /** By how much a Clip may be exceeded by the largest of the numbers that integers stand for. */
    private static final float ROUNDING = 1 + 1e-6f;

    private final ModelGraph graph;
    private final GraphLinks links;
    private final GraphContext context;
    private final ArithmeticNodes nodes;
    /** Integers less their zero point, as floats, by the name of what is dequantised. */
    private final Map<String, String> steps = new HashMap<>();

    private IntegerArithmetic(ModelGraph graph) {
        this.graph = graph;
        this.links = GraphLinks.of(graph);
        this.context = GraphContext.of(graph);
        this.nodes = new ArithmeticNodes(graph);
    }

    /**
     * The graph with the arithmetic of integers in the place of pairs and what lies between; all else stays.
     *
     * @param graph with its weights as floats behind their pairs, and biases rounded
     */
    public static ModelGraph of(ModelGraph graph) {
        return new IntegerArithmetic(graph).rewritten();
    }

    private ModelGraph rewritten() {
        for (GraphNode node : graph.nodes()) {
            Optional<ActivationPair> pair = ActivationPair.of(graph, links, node);
            Optional<String> integers = pair.flatMap(this::integers);
            if (integers.isPresent()) {
                steps.put(node.output(0), integers.get());
                String scale = nodes.constant(pair.get().qparams().scale());
                nodes.add(new GraphNode(
                        node.name(), "Mul", "", List.of(integers.get(), scale), node.outputs(), Attributes.NONE));
            } else {
                nodes.add(node);
            }
        }
        return pruned(nodes.build());
    }

    /** The integers of a pair, where engines compute them without floats between. */
    private Optional<String> integers(ActivationPair pair) {
        GraphNode maker = links.producer(pair.value()).orElse(null);
        // What something else reads too, engines keep in floats.
        if (maker == null || !links.readOnlyOnce(pair.value())) {
            return Optional.empty();
        }
        int least = pair.qparams().quantMin() - pair.qparams().zeroPoint();
        if (isActivation(maker)) {
            if (!links.readOnlyOnce(maker.input(0)) || !isNoneWithin(maker, pair.qparams())) {
                return Optional.empty();
            }
            least = maker.operator().equals("Relu") ? Math.max(least, 0) : least;
            maker = links.producer(maker.input(0)).orElse(null);
        }
        return maker == null || !maker.domain().isEmpty() ? Optional.empty() : integers(maker, pair.qparams(), least);
    }

    private Optional<String> integers(GraphNode maker, QParams y, int least) {
        return switch (maker.operator()) {
            case "Conv", "Gemm", "MatMul" -> layer(maker, y, least);
            case "Add" -> sum(maker, y, least);
            case "GlobalAveragePool" -> mean(maker, y, least);
            default -> Optional.empty();
        };
    }

    private Optional<String> layer(GraphNode node, QParams y, int least) {
        return IntegerLayer.of(graph, links, node)
                .map(layer -> layer.write(nodes, steps(layer.input(), layer.x()), y, least));
    }

    private Optional<String> sum(GraphNode node, QParams y, int least) {
        GraphNode first = Dequantized.maker(links, node.input(0)).orElse(null);
        GraphNode second = Dequantized.maker(links, node.input(1)).orElse(null);
        if (first == null || second == null || !context.shape(node.input(0)).equals(context.shape(node.input(1)))) {
            return Optional.empty();
        }
        Optional<ActivationPair> a = pair(first);
        Optional<ActivationPair> b = pair(second);
        return a.isEmpty() || b.isEmpty()
                ? Optional.empty()
                : Optional.of(IntegerSum.write(
                        nodes,
                        steps(first, a.get()),
                        a.get().qparams(),
                        steps(second, b.get()),
                        b.get().qparams(),
                        y,
                        least));
    }

    private Optional<String> mean(GraphNode node, QParams y, int least) {
        List<Long> shape = context.shape(node.input(0));
        return Dequantized.maker(links, node.input(0))
                .filter(maker -> !shape.subList(1, shape.size()).contains(Shapes.FREE))
                .flatMap(maker ->
                        pair(maker).map(x -> IntegerMean.write(nodes, steps(maker, x), shape, x.qparams(), y, least)));
    }

    private Optional<ActivationPair> pair(GraphNode dequantize) {
        return ActivationPair.of(graph, links, dequantize);
    }

    /** The integers that a node makes floats of, less their zero point. */
    private String steps(GraphNode dequantize, ActivationPair pair) {
        return steps.computeIfAbsent(
                dequantize.output(0),
                value -> nodes.node(
                        "Round",
                        nodes.node("Div", value, nodes.constant(pair.qparams().scale()))));
    }

    private static boolean isActivation(GraphNode node) {
        return node.domain().isEmpty()
                && (node.operator().equals("Relu") || node.operator().equals("Clip"));
    }

    /** Whether an activation changes nothing that the integers could say, but for a Relu what lies below 0. */
    private boolean isNoneWithin(GraphNode activation, QParams y) {
        if (activation.operator().equals("Relu")) {
            return true;
        }
        Optional<GraphTensor> least = graph.constant(activation.input(1));
        Optional<GraphTensor> most = graph.constant(activation.input(2));
        return least.isPresent()
                && most.isPresent()
                && y.range().least() >= least.get().floats()[0] * ROUNDING
                && y.range().most() <= most.get().floats()[0] * ROUNDING;
    }

    /** Without the nodes that nothing reads any more. */
    private static ModelGraph pruned(ModelGraph graph) {
        Set<String> read = new HashSet<>();
        graph.outputs().stream().map(ValueInfo::name).forEach(read::add);
        LinkedList<GraphNode> kept = new LinkedList<>();
        List<GraphNode> all = new ArrayList<>(graph.nodes());
        for (int i = all.size() - 1; i >= 0; i--) {
            if (all.get(i).outputs().stream().anyMatch(read::contains)) {
                kept.addFirst(all.get(i));
                read.addAll(all.get(i).inputs());
            }
        }
        return graph.toBuilder().replaceNodes(kept).build();
    }
}
