package io.reflux.model.operator.spi;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * A window that slides over the spatial axes: what Conv, MaxPool and AveragePool have in common.
 *
 * <p>Along one axis, in = input size, e = dilation · (kernel − 1) + 1 = what the window spans:
 * out = ⌊(in + begin + end − e) / stride⌋ + 1; with ceil mode ⌈…⌉ + 1, less a last window that would start behind
 * in + begin. SAME_UPPER and SAME_LOWER choose begin and end so that out = ⌈in / stride⌉; the odd one goes to the end
 * or to the beginning.
 *
 * @param begin padding before each axis, at least 0
 * @param end padding behind each axis, at least 0
 * @param overhang what ceil mode's last window needs behind the padding, at least 0; -1 = not known
 * @param output size of each axis after the window; -1 = free
 */
public record Window(
        List<Long> kernel,
        List<Long> strides,
        List<Long> dilations,
        List<Long> begin,
        List<Long> end,
        List<Long> overhang,
        List<Long> output) {

    private static final Set<String> AUTO_PADS = Set.of("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER");

    /** Adds what is wrong with a window's attributes; {@code rank} = number of spatial axes. */
    public static Problems check(Problems problems, Attributes attributes, int rank) {
        String autoPad = attributes.getString("auto_pad", "NOTSET");
        problems.expect(
                AUTO_PADS.contains(autoPad),
                "auto_pad",
                autoPad,
                "one of " + String.join(", ", AUTO_PADS.stream().sorted().toList()));
        problems.expect(rank >= 1 && rank <= 3, "spatial axes", rank, "1 to 3");
        list(problems, attributes, "kernel_shape", rank, 1);
        list(problems, attributes, "strides", rank, 1);
        list(problems, attributes, "dilations", rank, 1);
        list(problems, attributes, "pads", 2 * rank, 0);
        return problems;
    }

    private static void list(Problems problems, Attributes attributes, String name, int size, long least) {
        List<Long> values = attributes.getInts(name, Collections.nCopies(size, least));
        problems.expect(
                values.size() == size
                        && values.stream().allMatch(value -> value >= least && value <= Integer.MAX_VALUE),
                name,
                values,
                size + " numbers >= " + least);
    }

    /**
     * The window of a node.
     *
     * @param spatial input size of each spatial axis; -1 = free
     */
    public static Window of(GraphNode node, List<Long> kernel, List<Long> spatial) {
        Attributes attributes = node.attributes();
        int rank = kernel.size();
        List<Long> ones = Collections.nCopies(rank, 1L);
        List<Long> strides = attributes.getInts("strides", ones);
        List<Long> dilations = attributes.getInts("dilations", ones);
        List<Long> pads = attributes.getInts("pads", Collections.nCopies(2 * rank, 0L));
        String autoPad = attributes.getString("auto_pad", "NOTSET");
        boolean ceil = attributes.getInt("ceil_mode", 0) != 0;
        List<Long> begin = new ArrayList<>();
        List<Long> end = new ArrayList<>();
        List<Long> overhang = new ArrayList<>();
        List<Long> output = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            long in = spatial.get(i);
            long stride = strides.get(i);
            long span = dilations.get(i) * (kernel.get(i) - 1) + 1;
            long before = 0;
            long behind = 0;
            if (autoPad.startsWith("SAME")) {
                long total = same(in, stride, span);
                before = autoPad.equals("SAME_UPPER") ? total / 2 : total - total / 2;
                behind = total - before;
            } else if (autoPad.equals("NOTSET")) {
                before = pads.get(i);
                behind = pads.get(rank + i);
            }
            begin.add(before);
            end.add(behind);
            long out = in == Shapes.FREE ? Shapes.FREE : size(in, before, behind, stride, span, ceil);
            output.add(out);
            overhang.add(
                    in == Shapes.FREE
                            ? (ceil ? Shapes.FREE : 0)
                            : Math.max(0, (out - 1) * stride + span - in - before - behind));
        }
        return new Window(kernel, strides, dilations, begin, end, overhang, output);
    }

    /** Total padding that makes out = ⌈in / stride⌉. */
    private static long same(long in, long stride, long span) {
        if (in == Shapes.FREE) {
            throw Shapes.mismatch("auto_pad over a free spatial axis", "an axis of known size");
        }
        return Math.max(0, ((in + stride - 1) / stride - 1) * stride + span - in);
    }

    private static long size(long in, long before, long behind, long stride, long span, boolean ceil) {
        long room = in + before + behind - span;
        if (room < 0) {
            throw Shapes.mismatch(
                    "a window of " + span + " over " + in + " with padding " + before + " and " + behind,
                    "a window that fits");
        }
        if (!ceil) {
            return room / stride + 1;
        }
        long out = (room + stride - 1) / stride + 1;
        return (out - 1) * stride >= in + before ? out - 1 : out;
    }

    public boolean symmetric() {
        return begin.equals(end);
    }

    public boolean overhangs() {
        return overhang.stream().anyMatch(value -> value != 0);
    }

    /** Whether padding is at most half of the kernel, as libtorch's pooling demands. */
    public boolean poolable() {
        for (int i = 0; i < kernel.size(); i++) {
            if (begin.get(i) > kernel.get(i) / 2) {
                return false;
            }
        }
        return true;
    }

    /** Whether each window covers at least one element that is not padding, so that its value is defined. */
    public void requireInside() {
        for (int i = 0; i < kernel.size(); i++) {
            long span = dilations.get(i) * (kernel.get(i) - 1) + 1;
            if (begin.get(i) >= span || end.get(i) >= span) {
                throw Shapes.mismatch("padding " + begin + " and " + end, "less than the window's " + span);
            }
        }
    }

    /** {@code torch.constant_pad_nd} of an expression; the last axis comes first in its list. */
    public static String padded(String value, List<Long> before, List<Long> behind, String fill) {
        List<Long> pads = new ArrayList<>();
        for (int i = before.size() - 1; i >= 0; i--) {
            pads.add(before.get(i));
            pads.add(behind.get(i));
        }
        return "torch.constant_pad_nd(" + value + ", " + ScriptText.ints(pads) + ", " + fill + ")";
    }

    /** Padding plus overhang behind each axis. */
    public List<Long> endWithOverhang() {
        List<Long> sum = new ArrayList<>();
        for (int i = 0; i < end.size(); i++) {
            sum.add(end.get(i) + overhang.get(i));
        }
        return sum;
    }

    /** The same window over an input that is padded already. */
    public Window withoutPadding() {
        List<Long> zeros = Collections.nCopies(kernel.size(), 0L);
        return new Window(kernel, strides, dilations, zeros, zeros, zeros, output);
    }
}
