package io.reflux.model.operator.layout;

import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.Integers;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.SymbolicInt;
import io.reflux.model.operator.spi.SymbolicInt.Operation;
import io.reflux.model.operator.spi.SymbolicInts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Stretches to a shape as arithmetic does: 1 fits everything, also in the shape. */
final class Expand implements Operator {

    @Override
    public String type() {
        return "Expand";
    }

    @Override
    public String limits() {
        return "a shape known from sizes and constants";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        return new Problems(node, 2, 2).oneOutput().list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> shape = Integers.known(node, context, 1, "shape").dimensions();
        return List.of(Shapes.broadcast(context.shape(node.input(0)), shape));
    }

    @Override
    public Optional<SymbolicInts> outputIntegers(GraphNode node, NodeContext context, int output) {
        List<Long> shape = outputShapes(node, context).get(0);
        boolean small = !shape.contains(Shapes.FREE) && Shapes.knownProduct(shape) <= SymbolicInts.MAX_ELEMENTS;
        return context.integers(node.input(0)).filter(known -> small).map(known -> {
            List<SymbolicInt> elements = new ArrayList<>();
            for (int i = 0; i < Shapes.knownProduct(shape); i++) {
                elements.add(known.at(Shapes.index(shape, i)));
            }
            return new SymbolicInts(shape, elements);
        });
    }

    @Override
    public InputUse use(int input) {
        return input == 0 ? InputUse.CONTENT : InputUse.SETTING;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        String x = out.value(node.input(0));
        List<SymbolicInt> shape = Integers.known(node, out, 1, "shape").elements();
        List<SymbolicInt> xs = Moved.sizes(node.input(0), out);
        int rank = Math.max(shape.size(), xs.size());
        List<SymbolicInt> y = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            int inX = i - rank + xs.size();
            int inShape = i - rank + shape.size();
            if (inX < 0) {
                y.add(shape.get(inShape));
            } else if (inShape < 0 || shape.get(inShape).is(1) || xs.get(inX).equals(shape.get(inShape))) {
                y.add(SymbolicInt.of(-1));
            } else if (xs.get(inX).is(1) || shape.get(inShape).dimension() >= 0) {
                y.add(shape.get(inShape));
            } else {
                // Either of the two may turn out to be 1.
                y.add(SymbolicInt.of(Operation.MAXIMUM, xs.get(inX), shape.get(inShape))
                        .orElseThrow());
            }
        }
        out.assign(node.output(0), "torch.expand(" + x + ", " + out.integers(y) + ")");
    }
}
