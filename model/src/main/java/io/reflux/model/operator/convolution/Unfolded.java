package io.reflux.model.operator.convolution;

import io.reflux.model.graph.Attributes;
import io.reflux.model.operator.spi.Shapes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The spatial sizes of a transposed convolution.
 *
 * <p>Along one axis, in = input size, e = dilation · (kernel − 1) + 1 = what one element becomes:
 * out = stride · (in − 1) + e + added − begin − end. Where {@code output_shape} or SAME padding (out = stride · in)
 * gives the size, the padding follows from it; the odd one goes to the end for SAME_UPPER, else to the beginning.
 *
 * @param begin what is cut off before each axis; negative = zeros are added
 * @param end what is cut off behind each axis
 * @param added {@code output_padding}, behind each axis
 * @param output size of each axis; -1 = free
 */
record Unfolded(
        List<Long> kernel,
        List<Long> strides,
        List<Long> dilations,
        List<Long> begin,
        List<Long> end,
        List<Long> added,
        List<Long> output) {

    static Unfolded of(Attributes attributes, List<Long> kernel, List<Long> spatial) {
        int rank = kernel.size();
        List<Long> ones = Collections.nCopies(rank, 1L);
        List<Long> strides = attributes.getInts("strides", ones);
        List<Long> dilations = attributes.getInts("dilations", ones);
        List<Long> added = attributes.getInts("output_padding", Collections.nCopies(rank, 0L));
        List<Long> pads = attributes.getInts("pads", Collections.nCopies(2 * rank, 0L));
        List<Long> wanted = attributes.getInts("output_shape", List.of());
        String autoPad = attributes.getString("auto_pad", "NOTSET");
        boolean same = autoPad.startsWith("SAME");
        List<Long> begin = new ArrayList<>();
        List<Long> end = new ArrayList<>();
        List<Long> output = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            long in = spatial.get(i);
            long stride = strides.get(i);
            long span = dilations.get(i) * (kernel.get(i) - 1) + 1;
            boolean sized = same || !wanted.isEmpty();
            if (in == Shapes.FREE && sized) {
                throw Shapes.mismatch("auto_pad or output_shape over a free spatial axis", "an axis of known size");
            }
            long whole = stride * (in - 1) + span + added.get(i);
            long before = autoPad.equals("NOTSET") ? pads.get(i) : 0;
            long behind = autoPad.equals("NOTSET") ? pads.get(rank + i) : 0;
            if (sized) {
                long size = wanted.isEmpty() ? stride * in : wanted.get(i);
                long cut = Math.max(0, whole - size);
                before = autoPad.equals("SAME_UPPER") ? cut / 2 : cut - cut / 2;
                behind = cut - before;
            }
            begin.add(before);
            end.add(behind);
            long out = in == Shapes.FREE ? Shapes.FREE : whole - before - behind;
            if (in != Shapes.FREE && out < 1) {
                throw Shapes.mismatch("padding " + before + " and " + behind + " over " + whole, "less than the size");
            }
            output.add(out);
        }
        return new Unfolded(kernel, strides, dilations, begin, end, added, output);
    }

    /** Whether libtorch's own padding says it: the same on both sides, and less added than a stride. */
    boolean direct() {
        for (int i = 0; i < kernel.size(); i++) {
            if (added.get(i) >= Math.max(strides.get(i), dilations.get(i))) {
                return false;
            }
        }
        return begin.equals(end);
    }
}
