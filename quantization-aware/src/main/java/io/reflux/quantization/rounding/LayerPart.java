package io.reflux.quantization.rounding;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.FreshNames;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ModelGraphBuilder;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.operator.RoleOverrides;
import io.reflux.quantization.placement.Layers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One layer of a float graph, with the Relu or Clip behind it that nothing else shares.
 *
 * @param layer the layer
 * @param activation what follows it
 * @param inputRow shape of a row of what it reads
 * @param outputRow shape of a row of what it gives
 */
@SuppressWarnings("ArrayRecordComponent")
record LayerPart(GraphNode layer, Optional<GraphNode> activation, long[] inputRow, long[] outputRow) {

    /** The part of a layer; empty where its shapes are not known beforehand, or its bias is no constant. */
    static Optional<LayerPart> of(ModelGraph graph, GraphContext context, GraphNode layer) {
        GraphLinks links = GraphLinks.of(graph);
        Optional<GraphNode> activation = Optional.of(layer.output(0))
                .filter(links::readOnlyOnce)
                .map(output -> links.readers(output).get(0))
                .filter(node -> isActivation(graph, node));
        if (!readsConstants(graph, layer, 2)) {
            return Optional.empty();
        }
        String end = activation.orElse(layer).output(0);
        return row(context, layer.input(0))
                .flatMap(input -> row(context, end).map(output -> new LayerPart(layer, activation, input, output)));
    }

    private static boolean isActivation(ModelGraph graph, GraphNode node) {
        return node.domain().isEmpty()
                && (node.operator().equals("Relu") || node.operator().equals("Clip") && readsConstants(graph, node, 1));
    }

    /** Whether all inputs from one on are constants or absent. */
    private static boolean readsConstants(ModelGraph graph, GraphNode node, int from) {
        return node.inputs().stream()
                .skip(from)
                .allMatch(input -> input.isEmpty() || graph.constant(input).isPresent());
    }

    private static Optional<long[]> row(GraphContext context, String value) {
        List<Long> shape = context.shapes().get(value);
        return shape == null
                        || shape.size() < 2
                        || shape.subList(1, shape.size()).contains(-1L)
                ? Optional.empty()
                : Optional.of(shape.stream().skip(1).mapToLong(Long::longValue).toArray());
    }

    /** Name of what it gives. */
    String output() {
        return activation.orElse(layer).output(0);
    }

    /** Channels of what it gives. */
    int numChannels() {
        return (int) outputRow[layer.operator().equals("Conv") ? 0 : outputRow.length - 1];
    }

    /** The layer as a graph of its own, whose weight is between two integers, and whose only parameter says where. */
    ModelGraph with(ModelGraph graph, SoftRounding rounding) {
        FreshNames names = FreshNames.of(graph);
        long[] shape = new long[inputRow.length + 1];
        shape[0] = -1;
        System.arraycopy(inputRow, 0, shape, 1, inputRow.length);
        ModelGraphBuilder builder = ModelGraph.builder(layer.name())
                .opset(graph.opset())
                .input(layer.input(0), ElementType.FLOAT, shape)
                .outputOfAnyShape(output(), ElementType.FLOAT);
        String weight = names.of("weight");
        List<String> inputs = new ArrayList<>(layer.inputs());
        inputs.set(Layers.WEIGHT, weight);
        List<GraphNode> nodes = new ArrayList<>();
        String share = rounding.addTo(builder, nodes, names, weight);
        nodes.add(new GraphNode(
                layer.name(), layer.operator(), "", inputs, layer.outputs(), Layers.attributes(graph, layer)));
        activation.ifPresent(nodes::add);
        List<String> read =
                new ArrayList<>(layer.inputs().subList(2, layer.inputs().size()));
        activation.ifPresent(
                node -> read.addAll(node.inputs().subList(1, node.inputs().size())));
        read.stream()
                .filter(name -> !name.isEmpty())
                .forEach(name ->
                        builder.initializer(graph.constant(name).orElseThrow().withName(name)));
        builder.outputOfAnyShape(share, ElementType.FLOAT);
        return onlyTrains(builder.replaceNodes(nodes).build(), List.of(rounding.parameter()));
    }

    /** All but these parameters are constants. */
    static ModelGraph onlyTrains(ModelGraph graph, List<String> parameters) {
        List<String> constants = graph.initializers().keySet().stream()
                .filter(name -> !parameters.contains(name))
                .toList();
        return new RoleOverrides(parameters, constants).note(graph);
    }
}
