package io.reflux.quantization.storage;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphTensor;
import java.math.BigInteger;
import java.util.List;

/**
 * As digits of 64-bit words that are not negative: a word is Σ (qᵢ − least) / step · levelsⁱ. It needs nothing but arithmetic that
 * engines have had for long, holds any number of levels, and takes 64 / ⌊63 / log₂ levels⌋ bits for each: 1.02 for two levels,
 * 1.64 for three, 3.05 for eight.
 */
record WordForm(IntegerRange range) implements IntegerForm {

    private static final int BYTES_OF_NODES = 550;

    private static final BigInteger WORDS = BigInteger.TWO.pow(Long.SIZE - 1);

    /** Digits that fit into a word. */
    int digits() {
        BigInteger levels = BigInteger.valueOf(range.levels());
        int digits = 0;
        while (levels.pow(digits + 1).compareTo(WORDS) <= 0) {
            digits++;
        }
        return digits;
    }

    private long words(long elements) {
        return (elements + digits() - 1) / digits();
    }

    @Override
    public long bytes(long elements) {
        return words(elements) * Long.BYTES + BYTES_OF_NODES;
    }

    @Override
    public int opset() {
        return 13;
    }

    @Override
    public String write(GraphTensor tensor, UnpackingNodes out) {
        long[] codes = tensor.longs();
        int digits = digits();
        long[] powers = new long[digits];
        powers[0] = 1;
        for (int i = 1; i < digits; i++) {
            powers[i] = powers[i - 1] * range.levels();
        }
        long[] words = new long[(int) words(codes.length)];
        for (int i = 0; i < codes.length; i++) {
            words[i / digits] += (codes[i] - range.least()) / range.step() * powers[i % digits];
        }
        String packed = out.tensor(GraphTensor.of(tensor.name(), new long[] {words.length, 1}, words));
        String shifted = out.node("Div", List.of(packed, out.shared(powers)), Attributes.NONE);
        String digit = out.node("Mod", List.of(shifted, out.shared(range.levels())), Attributes.NONE);
        if (range.step() != 1) {
            digit = out.node("Mul", List.of(digit, out.shared(range.step())), Attributes.NONE);
        }
        String signed = out.node("Add", List.of(digit, out.shared(range.least())), Attributes.NONE);
        String small = out.node(
                "Cast",
                List.of(signed),
                Attributes.NONE.withInt("to", tensor.type().onnxCode()));
        if (words.length * digits != codes.length) {
            String flat = out.node("Reshape", List.of(small, out.shared(new long[] {-1})), Attributes.NONE);
            List<String> bounds = List.of(flat, out.shared(new long[] {0}), out.shared(new long[] {codes.length}));
            small = out.node("Slice", bounds, Attributes.NONE);
        }
        return out.node("Reshape", List.of(small, out.shared(tensor.shape())), Attributes.NONE);
    }
}
