package io.reflux.quantization.plan;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.placement.Layers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * What a plan is made for: the layers that can be quantised, by name, operator and shape of the weight. Weights that train on
 * and normalisations that are folded leave it as it is.
 */
public final class NetworkDigest {

    private NetworkDigest() {}

    /** Names of the layers, in the order of the graph. */
    public static List<String> layers(ModelGraph graph) {
        return graph.nodes().stream()
                .filter(node -> Layers.weight(graph, node).isPresent())
                .map(GraphNode::name)
                .toList();
    }

    /** SHA-256 of the layers: 64 hexadecimal digits. */
    public static String of(ModelGraph graph) {
        StringBuilder text = new StringBuilder();
        for (GraphNode node : graph.nodes()) {
            Layers.weight(graph, node)
                    .ifPresent(weight -> text.append(node.name())
                            .append(' ')
                            .append(node.operator())
                            .append(' ')
                            .append(Arrays.toString(weight.shape()))
                            .append('\n'));
        }
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(text.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java platform", e);
        }
    }
}
