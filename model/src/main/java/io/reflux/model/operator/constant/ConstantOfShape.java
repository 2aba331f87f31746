package io.reflux.model.operator.constant;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.operator.spi.Integers;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.SymbolicInt;
import io.reflux.model.operator.spi.SymbolicInts;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** A tensor of one value everywhere, of a shape that is the input; 0 as a float where no value is given. */
final class ConstantOfShape implements Operator {

    @Override
    public String type() {
        return "ConstantOfShape";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 1, 1).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(Integers.known(node, context, 0, "input").dimensions());
    }

    @Override
    public List<ElementType> outputTypes(GraphNode node, NodeContext context) {
        return List.of(value(node).type());
    }

    @Override
    public Optional<SymbolicInts> outputIntegers(GraphNode node, NodeContext context, int output) {
        List<Long> shape = outputShapes(node, context).get(0);
        boolean small = !shape.contains(Shapes.FREE) && Shapes.knownProduct(shape) <= SymbolicInts.MAX_ELEMENTS;
        GraphTensor value = value(node);
        if (!small || value.type().isFloatingPoint()) {
            return Optional.empty();
        }
        int size = (int) Shapes.knownProduct(shape);
        return Optional.of(new SymbolicInts(shape, Collections.nCopies(size, SymbolicInt.of(value.longs()[0]))));
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        GraphTensor value = value(node);
        List<SymbolicInt> shape = Integers.known(node, out, 0, "input").elements();
        out.assign(
                node.output(0),
                "torch.full(" + out.integers(shape) + ", " + ScriptText.number(value) + ", dtype="
                        + ScriptText.type(value.type()) + ", device=" + out.device() + ")");
    }

    private static GraphTensor value(GraphNode node) {
        GraphTensor value = node.attributes().getTensor("value");
        return value == null ? GraphTensor.of("value", new long[] {1}, new float[1]) : value;
    }
}
