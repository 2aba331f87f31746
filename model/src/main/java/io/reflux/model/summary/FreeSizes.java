package io.reflux.model.summary;

import io.reflux.model.graph.ValueInfo;
import io.reflux.model.operator.GraphContext;
import io.reflux.model.operator.spi.SymbolicInt;
import java.util.List;
import java.util.stream.IntStream;

/** Sizes of a value for people: numbers, and names for what is free. */
final class FreeSizes {

    private static final String BATCH = "B";

    private FreeSizes() {}

    /** One text for each axis of a value. */
    static List<String> of(String value, GraphContext context) {
        return IntStream.range(0, context.shape(value).size())
                .mapToObj(axis -> text(context.size(value, axis), context))
                .toList();
    }

    private static String text(SymbolicInt size, GraphContext context) {
        if (size instanceof SymbolicInt.SizeOf free) {
            return name(free, context);
        }
        if (size instanceof SymbolicInt.Binary binary) {
            return binary.readable(part -> text(part, context));
        }
        return String.valueOf(size.dimension());
    }

    /** B for the first axis of an input; else the name that the file gives the dimension; ? where it gives none. */
    private static String name(SymbolicInt.SizeOf free, GraphContext context) {
        for (ValueInfo input : context.graph().inputs()) {
            if (input.name().equals(free.value())) {
                String name = input.dimensionNames().get(free.axis());
                return free.axis() == 0 ? BATCH : name.isEmpty() ? "?" : name;
            }
        }
        return "?";
    }
}
