package io.reflux.model.operator.spi;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Literals of TorchScript. */
public final class ScriptText {

    private ScriptText() {}

    public static String ints(List<Long> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
    }

    public static String ints(long... values) {
        return ints(Arrays.stream(values).boxed().toList());
    }

    /** The shortest decimal that is this float, with a point so that it is no integer. */
    public static String number(float value) {
        // The shortest decimal of the largest float is, as the double that libtorch reads, larger than any float.
        String text = Math.abs(value) == Float.MAX_VALUE ? Double.toString(value) : Float.toString(value);
        return text.toLowerCase(Locale.ROOT).replace("infinity", "inf");
    }

    /** The first value of a tensor. */
    public static String number(GraphTensor tensor) {
        return tensor.type() == ElementType.BOOL
                ? bool(tensor.longs()[0] != 0)
                : tensor.type().isFloatingPoint() ? number(tensor.floats()[0]) : String.valueOf(tensor.longs()[0]);
    }

    /** The code of an element type, as {@code torch.to} takes it; those that libtorch lacks are held in wider ones. */
    public static int type(ElementType type) {
        return switch (type) {
            case UINT8 -> 0;
            case INT8 -> 1;
            case INT32 -> 3;
            case INT64 -> 4;
            case FLOAT -> 6;
            case DOUBLE -> 7;
            case BOOL -> 11;
            case INT16, UINT16, INT4, UINT4, INT2, UINT2 -> type(type.computedAs());
        };
    }

    public static String bool(boolean value) {
        return value ? "True" : "False";
    }
}
