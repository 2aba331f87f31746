package io.reflux.model.operator.fusion;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.operator.spi.NodeContext;
import java.util.OptionalDouble;

/** Constants of one element that training leaves alone, which chains are recognised by. */
final class Numbers {

    /** What exporters lose when they round a constant to 32 bits or to a few digits, relative. */
    private static final double ROUNDING = 1e-4;

    private Numbers() {}

    /** The value of a constant of one element, if it is one. */
    static OptionalDouble of(String name, NodeContext context) {
        if (name.isEmpty() || !context.isConstant(name) || context.trains(name)) {
            return OptionalDouble.empty();
        }
        GraphTensor constant = context.constant(name);
        boolean single = constant.size() == 1 && constant.type() == ElementType.FLOAT;
        return single ? OptionalDouble.of(constant.floats()[0]) : OptionalDouble.empty();
    }

    /** Whether a number is meant to be another. */
    static boolean about(double number, double meant) {
        return Math.abs(number - meant) <= ROUNDING * Math.abs(meant);
    }
}
