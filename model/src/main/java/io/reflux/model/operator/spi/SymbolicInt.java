package io.reflux.model.operator.spi;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

/** An integer of a graph that is known before the graph runs: a number, or arithmetic over sizes of its values. */
public sealed interface SymbolicInt {

    /** A number. */
    record Literal(long value) implements SymbolicInt {}

    /** The size of a value along an axis, at least 0. */
    record SizeOf(String value, int axis) implements SymbolicInt {}

    /** Two integers under an operation; made by {@link #of(Operation, SymbolicInt, SymbolicInt)}. */
    record Binary(Operation operation, SymbolicInt left, SymbolicInt right) implements SymbolicInt {

        /** As people write it, given what they call both sides. */
        public String readable(Function<SymbolicInt, String> names) {
            String script = operation.script.replace(" ", "").replace("//", "/").replace("ops.prim.", "");
            return String.format(script, names.apply(left), names.apply(right));
        }
    }

    /** Arithmetic on integers as ONNX defines it. */
    enum Operation {
        ADD("(%s + %s)"),
        SUBTRACT("(%s - %s)"),
        MULTIPLY("(%s * %s)"),
        /** Division that drops the remainder; of what is not negative. */
        DIVIDE("(%s // %s)"),
        /** Remainder with the sign of the divisor. */
        MODULO("(%s %% %s)"),
        MINIMUM("ops.prim.min(%s, %s)"),
        MAXIMUM("ops.prim.max(%s, %s)");

        private final String script;

        Operation(String script) {
            this.script = script;
        }

        private OptionalLong apply(long a, long b) {
            try {
                return switch (this) {
                    case ADD -> OptionalLong.of(Math.addExact(a, b));
                    case SUBTRACT -> OptionalLong.of(Math.subtractExact(a, b));
                    case MULTIPLY -> OptionalLong.of(Math.multiplyExact(a, b));
                    case DIVIDE -> b == 0 ? OptionalLong.empty() : OptionalLong.of(a / b);
                    case MODULO -> b == 0 ? OptionalLong.empty() : OptionalLong.of(Math.floorMod(a, b));
                    case MINIMUM -> OptionalLong.of(Math.min(a, b));
                    case MAXIMUM -> OptionalLong.of(Math.max(a, b));
                };
            } catch (ArithmeticException e) {
                return OptionalLong.empty();
            }
        }
    }

    static SymbolicInt of(long value) {
        return new Literal(value);
    }

    /** The result of an operation, simplified; empty where it cannot be told (overflow, division by what may be < 1). */
    static Optional<SymbolicInt> of(Operation operation, SymbolicInt a, SymbolicInt b) {
        if (a instanceof Literal x && b instanceof Literal y) {
            OptionalLong result = operation.apply(x.value, y.value);
            return result.isPresent() ? Optional.of(new Literal(result.getAsLong())) : Optional.empty();
        }
        return switch (operation) {
            case ADD -> Optional.of(a.is(0) ? b : b.is(0) ? a : new Binary(operation, a, b));
            case SUBTRACT -> Optional.of(b.is(0) ? a : a.equals(b) ? of(0) : new Binary(operation, a, b));
            case MULTIPLY ->
                Optional.of(a.is(1) ? b : b.is(1) ? a : a.is(0) || b.is(0) ? of(0) : new Binary(operation, a, b));
            case DIVIDE -> divide(a, b);
            case MODULO ->
                b instanceof Literal y && y.value >= 1
                        ? Optional.of(y.value == 1 ? of(0) : new Binary(operation, a, b))
                        : Optional.empty();
            case MINIMUM, MAXIMUM -> Optional.of(a.equals(b) ? a : new Binary(operation, a, b));
        };
    }

    private static Optional<SymbolicInt> divide(SymbolicInt a, SymbolicInt b) {
        if (b.is(1)) {
            return Optional.of(a);
        }
        if (a instanceof Binary product && product.operation == Operation.MULTIPLY) {
            if (product.right.equals(b) && b.isPositive()) {
                return Optional.of(product.left);
            }
            if (product.left.equals(b) && b.isPositive()) {
                return Optional.of(product.right);
            }
        }
        // Floor and truncation agree where neither side is negative.
        return a.isNotNegative() && b.isPositive() ? Optional.of(new Binary(Operation.DIVIDE, a, b)) : Optional.empty();
    }

    /** Whether it is this number. */
    default boolean is(long number) {
        return this instanceof Literal literal && literal.value == number;
    }

    /** Whether it is certainly at least 0. */
    default boolean isNotNegative() {
        if (this instanceof Literal literal) {
            return literal.value >= 0;
        }
        if (this instanceof Binary binary) {
            return binary.operation == Operation.MODULO
                    || (binary.operation != Operation.SUBTRACT
                            && binary.left.isNotNegative()
                            && binary.right.isNotNegative());
        }
        return true;
    }

    /** Whether it is certainly at least 1. Sizes are, for a batch is never empty. */
    default boolean isPositive() {
        if (this instanceof Literal literal) {
            return literal.value >= 1;
        }
        if (this instanceof Binary binary) {
            return switch (binary.operation) {
                case ADD ->
                    binary.left.isPositive() && binary.right.isNotNegative()
                            || binary.left.isNotNegative() && binary.right.isPositive();
                case MULTIPLY, MINIMUM -> binary.left.isPositive() && binary.right.isPositive();
                case MAXIMUM -> binary.left.isPositive() || binary.right.isPositive();
                case SUBTRACT, DIVIDE, MODULO -> false;
            };
        }
        return true;
    }

    /** As a dimension of a shape: the number, or -1 where it is known only when the graph runs. */
    default long dimension() {
        return this instanceof Literal literal ? literal.value : Shapes.FREE;
    }

    /**
     * The number it is, given the sizes.
     *
     * @throws io.reflux.model.graph.ModelException on overflow and on division by zero
     */
    default long evaluate(ToLongFunction<SizeOf> sizes) {
        if (this instanceof Literal literal) {
            return literal.value;
        }
        if (this instanceof SizeOf size) {
            return sizes.applyAsLong(size);
        }
        Binary binary = (Binary) this;
        return binary.operation
                .apply(binary.left.evaluate(sizes), binary.right.evaluate(sizes))
                .orElseThrow(() -> Shapes.mismatch("sizes " + this, "numbers that fit 64 bits"));
    }

    /** Adds the sizes it depends on. */
    default void collect(Set<SizeOf> sizes) {
        if (this instanceof SizeOf size) {
            sizes.add(size);
        } else if (this instanceof Binary binary) {
            binary.left.collect(sizes);
            binary.right.collect(sizes);
        }
    }

    /**
     * As a TorchScript expression of type int.
     *
     * @param variables the script variable of a value by its ONNX name
     */
    default String text(UnaryOperator<String> variables) {
        if (this instanceof Literal literal) {
            return String.valueOf(literal.value);
        }
        if (this instanceof SizeOf size) {
            return "torch.size(" + variables.apply(size.value) + ", " + size.axis + ")";
        }
        Binary binary = (Binary) this;
        return String.format(binary.operation.script, binary.left.text(variables), binary.right.text(variables));
    }
}
