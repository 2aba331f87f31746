package io.reflux.model.operator.spi;

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
        return Float.toString(value).toLowerCase(Locale.ROOT).replace("infinity", "inf");
    }

    public static String bool(boolean value) {
        return value ? "True" : "False";
    }
}
