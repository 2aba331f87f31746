package io.reflux.model.operator;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.graph.ValueInfo;
import io.reflux.model.operator.spi.InitializerRole;
import io.reflux.model.operator.spi.Operator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Walks a graph in the order in which it runs and works out what is known of every value. A node that cannot be used is
 * noted and the walk goes on, so that one message names them all.
 *
 * <p>Sub-graphs of constants are evaluated after a walk and the graph is walked again, until nothing new is learnt: one
 * walk for most graphs.
 */
final class GraphInference {

    private final ModelGraph graph;
    private final Facts facts;
    private final List<String> unsupported = new ArrayList<>();
    private @Nullable ModelException mismatch;

    private GraphInference(ModelGraph graph, Map<String, GraphTensor> folded) {
        this.graph = graph;
        this.facts = Facts.start(graph, folded);
    }

    static GraphContext infer(ModelGraph original) {
        ModelGraph graph = original;
        Map<String, GraphTensor> folded = new HashMap<>();
        while (true) {
            GraphInference walk = new GraphInference(graph, folded);
            walk.run();
            Map<String, InitializerRole> roles = InitializerRoles.of(graph, walk.facts);
            Map<String, GraphTensor> found = ConstantFolding.fold(graph, walk.facts, roles);
            ModelGraph chosen = walk.choose();
            if (found.isEmpty() && chosen == graph) {
                walk.finish();
                return new GraphContext(graph, walk.facts, roles);
            }
            graph = chosen;
            folded.putAll(found);
        }
    }

    private void run() {
        for (GraphNode node : graph.nodes()) {
            Optional<Operator> operator = Operators.find(node);
            List<String> problems = Operators.problems(operator, node, facts);
            problems.forEach(problem -> unsupported.add("node " + node.label() + ": " + problem));
            if (operator.isPresent() && problems.isEmpty() && facts.covers(node)) {
                try {
                    facts.addOutputs(operator.get(), node);
                } catch (ModelException e) {
                    if (e.code() == ModelException.Code.UNSUPPORTED) {
                        unsupported.add("node " + node.label() + ": " + e.getMessage());
                        continue;
                    }
                    note(e.in(graph.source() + ": node " + node.label()));
                }
            }
        }
    }

    /** The graph with each If whose condition is known replaced by the branch that it chooses. */
    private ModelGraph choose() {
        ModelGraph chosen = graph;
        for (GraphNode node : graph.nodes()) {
            if (node.operator().equals("If") && facts.isConstant(node.input(0))) {
                boolean holds = facts.constant(node.input(0)).longs()[0] != 0;
                chosen = chosen.withBranch(node, holds ? "then_branch" : "else_branch");
            }
        }
        return chosen;
    }

    private void finish() {
        if (!unsupported.isEmpty()) {
            throw new ModelException(
                    ModelException.Code.UNSUPPORTED,
                    graph.source() + " (" + graph.operatorSets() + "): " + String.join("; ", unsupported));
        }
        graph.outputs().forEach(this::checkOutput);
        if (mismatch != null) {
            throw mismatch;
        }
    }

    private void note(ModelException e) {
        if (mismatch == null) {
            mismatch = e;
        }
    }

    private void checkOutput(ValueInfo output) {
        List<Long> inferred = facts.shapes().get(output.name());
        if (inferred != null && !output.shape().isEmpty() && !compatible(output.shape(), inferred)) {
            note(new ModelException(
                    ModelException.Code.SHAPE_MISMATCH,
                    graph.source() + ": output " + output.name() + ": declared shape " + output.shape() + " (expected: "
                            + inferred + ", which the nodes make)"));
        }
    }

    private static boolean compatible(List<Long> declared, List<Long> inferred) {
        if (declared.size() != inferred.size()) {
            return false;
        }
        for (int i = 0; i < declared.size(); i++) {
            long a = declared.get(i);
            long b = inferred.get(i);
            if (a != -1 && b != -1 && a != b) {
                return false;
            }
        }
        return true;
    }
}
