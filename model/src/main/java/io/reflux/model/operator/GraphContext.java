package io.reflux.model.operator;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ValueInfo;
import io.reflux.model.operator.fusion.Fusions;
import io.reflux.model.operator.spi.InitializerRole;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.SymbolicInt;
import io.reflux.model.operator.spi.SymbolicInts;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known about a graph before it runs: shapes, element types, constants, the integers of shape arithmetic, and
 * what training does with each initialiser.
 */
public final class GraphContext implements NodeContext {

    private final ModelGraph graph;
    private final Facts facts;
    private final Map<String, InitializerRole> roles;

    GraphContext(ModelGraph graph, Facts facts, Map<String, InitializerRole> roles) {
        this.graph = graph;
        this.facts = facts;
        this.roles = Collections.unmodifiableMap(roles);
    }

    /**
     * Works out all that can be known about a graph; sub-graphs of constants that are not trained are evaluated.
     *
     * @throws ModelException if a node is unsupported (all are named), or if shapes do not fit: the message names the
     *     node and the shapes
     */
    public static GraphContext of(ModelGraph graph) {
        return GraphInference.infer(graph);
    }

    /** The graph, with each If whose condition is known replaced by the branch that it chooses. */
    public ModelGraph graph() {
        return graph;
    }

    /** The nodes that have to run, each after all that it needs: what is known beforehand is left out, and chains are fused. */
    public List<GraphNode> runNodes() {
        List<GraphNode> open = graph.nodes().stream()
                .filter(node -> node.outputs().stream().anyMatch(this::isOpen))
                .toList();
        return Fusions.apply(open, this, outputs(), facts.measured());
    }

    /** As {@link #runNodes}, with activations fused into the layers before them: where nothing trains. */
    public List<GraphNode> frozenNodes() {
        return Fusions.applyFrozen(runNodes(), this, outputs(), facts.measured());
    }

    /** As {@link #runNodes}, with fewer passes over memory before and behind pairs of fake quantisation: where gradients are wanted. */
    public List<GraphNode> trainedNodes() {
        return Fusions.applyTrained(runNodes(), this, outputs(), facts.measured());
    }

    private List<String> outputs() {
        return graph.outputs().stream().map(ValueInfo::name).toList();
    }

    /** What training does with each initialiser of the graph, by name. */
    public Map<String, InitializerRole> roles() {
        return roles;
    }

    /** The shape of every value by name; -1 = free. */
    public Map<String, List<Long>> shapes() {
        return Collections.unmodifiableMap(facts.shapes());
    }

    @Override
    public int opset() {
        return graph.opset();
    }

    @Override
    public boolean isConstant(String onnxName) {
        return facts.constants().containsKey(onnxName);
    }

    @Override
    public boolean trains(String onnxName) {
        return roles.get(onnxName) == InitializerRole.PARAMETER;
    }

    @Override
    public boolean moves(String onnxName) {
        return roles.get(onnxName) == InitializerRole.BUFFER;
    }

    @Override
    public GraphTensor constant(String onnxName) {
        return facts.constant(onnxName);
    }

    @Override
    public List<Long> shape(String onnxName) {
        return facts.shape(onnxName);
    }

    @Override
    public SymbolicInt size(String onnxName, int axis) {
        return facts.size(onnxName, axis);
    }

    @Override
    public ElementType type(String onnxName) {
        return facts.type(onnxName);
    }

    @Override
    public Optional<SymbolicInts> integers(String onnxName) {
        return facts.integers(onnxName);
    }

    private boolean isOpen(@Nullable String output) {
        return output != null
                && !output.isEmpty()
                && !isConstant(output)
                && integers(output).isEmpty();
    }
}
