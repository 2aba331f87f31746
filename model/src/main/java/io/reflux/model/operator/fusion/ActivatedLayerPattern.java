package io.reflux.model.operator.fusion;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.Activation;
import io.reflux.model.operator.spi.Activation.Kind;
import io.reflux.model.operator.spi.DenseLayer;
import io.reflux.model.operator.spi.NodeContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** A convolution or dense layer and the activation behind it. */
final class ActivatedLayerPattern implements Pattern {

    @Override
    public Optional<Match> match(GraphNode last, Links links, NodeContext context) {
        String before = last.input(0);
        Optional<Activation> activation = activation(last, context);
        if (activation.isEmpty() || !links.readOnly(before, 1)) {
            return Optional.empty();
        }
        return links.producer(before)
                .flatMap(layer -> activated(layer, activation.get(), last, context)
                        .map(fused -> new Match(fused, List.of(layer))));
    }

    private static Optional<GraphNode> activated(
            GraphNode layer, Activation activation, GraphNode last, NodeContext context) {
        if (Activation.of(layer.attributes()).kind() != Kind.NONE) {
            return Optional.empty();
        }
        if (layer.operator().equals("Conv") && layer.domain().isEmpty()) {
            Attributes attributes = activation.in(layer.attributes());
            return Optional.of(fused(FusedConvolution.TYPE, layer.inputs(), attributes, last));
        }
        boolean known = layer.domain().isEmpty() || layer.domain().equals(Fusions.DOMAIN);
        return Optional.of(layer)
                .filter(node -> known)
                .flatMap(node -> DenseLayer.of(node, context))
                .filter(dense -> dense.outputsFirst() || !dense.bias().isEmpty())
                .map(dense -> {
                    List<String> inputs = new ArrayList<>(List.of(dense.x(), dense.weight()));
                    if (!dense.bias().isEmpty()) {
                        inputs.add(dense.bias());
                    }
                    Attributes attributes =
                            activation.in(Attributes.NONE.withInt("transB", dense.outputsFirst() ? 1 : 0));
                    return fused(FusedLinear.TYPE, inputs, attributes, last);
                });
    }

    private static GraphNode fused(String type, List<String> inputs, Attributes attributes, GraphNode last) {
        return new GraphNode(last.name(), type, Fusions.DOMAIN, inputs, last.outputs(), attributes);
    }

    private static Optional<Activation> activation(GraphNode node, NodeContext context) {
        if (node.domain().equals(Fusions.DOMAIN) && node.operator().equals(FusedGelu.TYPE)) {
            return Optional.of(gelu(node));
        }
        if (!node.domain().isEmpty()) {
            return Optional.empty();
        }
        return switch (node.operator()) {
            case "Relu" -> Optional.of(new Activation(Kind.RELU, List.of()));
            case "Clip" -> clip(node, context);
            case "LeakyRelu" ->
                Optional.of(new Activation(
                        Kind.LEAKY_RELU, List.of(node.attributes().getFloat("alpha", 0.01f))));
            case "Sigmoid" -> Optional.of(new Activation(Kind.SIGMOID, List.of()));
            case "Tanh" -> Optional.of(new Activation(Kind.TANH, List.of()));
            case "HardSwish" -> Optional.of(new Activation(Kind.HARD_SWISH, List.of()));
            case "Gelu" -> Optional.of(gelu(node));
            default -> Optional.empty();
        };
    }

    private static Activation gelu(GraphNode node) {
        boolean byTanh = node.attributes().getString("approximate", "none").equals("tanh");
        return new Activation(byTanh ? Kind.GELU_BY_TANH : Kind.GELU, List.of());
    }

    /** With two bounds that are known, the first below the second: else ONNX and libtorch may not agree. */
    private static Optional<Activation> clip(GraphNode node, NodeContext context) {
        OptionalDouble least = Numbers.of(node.input(1), context);
        OptionalDouble most = Numbers.of(node.input(2), context);
        return least.isPresent() && most.isPresent() && least.getAsDouble() < most.getAsDouble()
                ? Optional.of(
                        new Activation(Kind.CLIP, List.of((float) least.getAsDouble(), (float) most.getAsDouble())))
                : Optional.empty();
    }
}
