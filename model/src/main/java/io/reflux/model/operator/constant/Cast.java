package io.reflux.model.operator.constant;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.SymbolicInt;
import io.reflux.model.operator.spi.SymbolicInts;
import java.util.List;
import java.util.Optional;

/**
 * The same numbers as another element type. Cast names the type, CastLike shows a tensor of it. Real numbers become
 * integers towards zero, and booleans by being other than 0.
 */
final class Cast implements Operator {

    private final String type;

    Cast(String type) {
        this.type = type;
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public int since() {
        return isLike() ? 15 : 13;
    }

    @Override
    public String limits() {
        return "element types " + ElementType.names(ElementType::isComputed);
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        Problems problems = new Problems(node, isLike() ? 2 : 1, isLike() ? 2 : 1).oneOutput();
        if (!isLike()) {
            int code = (int) node.attributes().getInt("to", 0);
            problems.expect(
                    ElementType.of(code).filter(ElementType::isComputed).isPresent(),
                    "to",
                    ElementType.onnxName(code),
                    "one of " + ElementType.names(ElementType::isComputed));
        }
        return problems.list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        return List.of(context.shape(node.input(0)));
    }

    @Override
    public List<ElementType> outputTypes(GraphNode node, NodeContext context) {
        ElementType target = target(node, context);
        if (!target.isComputed()) {
            throw Shapes.mismatch("target of type " + target, "one of " + ElementType.names(ElementType::isComputed));
        }
        return List.of(target);
    }

    @Override
    public Optional<SymbolicInts> outputIntegers(GraphNode node, NodeContext context, int output) {
        ElementType to = target(node, context);
        if (to.isFloatingPoint()) {
            return Optional.empty();
        }
        boolean keeps = to == ElementType.INT64 || to == ElementType.INT32;
        return context.integers(node.input(0))
                .flatMap(known -> known.map(element -> keeps ? Optional.of(element) : truth(element, to)));
    }

    @Override
    public InputUse use(int input) {
        return input == 0 ? InputUse.CONTENT : InputUse.SETTING;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        out.assign(
                node.output(0),
                "torch.to(" + out.value(node.input(0)) + ", " + ScriptText.type(target(node, out)) + ")");
    }

    private static Optional<SymbolicInt> truth(SymbolicInt element, ElementType to) {
        if (to != ElementType.BOOL) {
            return Optional.empty();
        }
        if (element.isPositive()) {
            return Optional.of(SymbolicInt.of(1));
        }
        return element instanceof SymbolicInt.Literal literal
                ? Optional.of(SymbolicInt.of(literal.value() == 0 ? 0 : 1))
                : Optional.empty();
    }

    private boolean isLike() {
        return type.equals("CastLike");
    }

    private ElementType target(GraphNode node, NodeContext context) {
        return isLike()
                ? context.type(node.input(1))
                : ElementType.of((int) node.attributes().getInt("to", 0)).orElseThrow();
    }
}
