package io.reflux.model.operator.attention;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.operator.OperatorParity;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class AttentionParityTest {

    private static final int QUERIES = 5;
    private static final int KEYS = 7;
    private static final int WIDTH = 4;

    @Property(tries = 60)
    void attention_anyForm_equalsOnnxRuntime(
            @ForAll long seed,
            @ForAll boolean sideBySide,
            @ForAll boolean causal,
            @ForAll boolean scaled,
            @ForAll @IntRange(max = 4) int mask,
            @ForAll boolean booleans,
            @ForAll boolean grouped) {
        attention(seed, sideBySide, causal, scaled, mask, booleans, grouped).assertSame();
    }

    @Property(tries = 10)
    void attention_gradients_equalFiniteDifferences(
            @ForAll long seed,
            @ForAll boolean sideBySide,
            @ForAll boolean causal,
            @ForAll @IntRange(max = 4) int mask,
            @ForAll boolean grouped) {
        attention(seed, sideBySide, causal, true, mask, true, grouped).assertGradients();
    }

    private static OperatorParity attention(
            long seed,
            boolean sideBySide,
            boolean causal,
            boolean scaled,
            int mask,
            boolean booleans,
            boolean grouped) {
        int heads = grouped ? 4 : 2;
        int keyHeads = 2;
        OperatorParity parity = new OperatorParity(seed, 23);
        if (sideBySide) {
            parity.input("q", 2, QUERIES, (long) heads * WIDTH)
                    .input("k", 2, KEYS, (long) keyHeads * WIDTH)
                    .input("v", 2, KEYS, keyHeads * 3L);
        } else {
            parity.input("q", 2, heads, QUERIES, WIDTH)
                    .input("k", 2, keyHeads, KEYS, WIDTH)
                    .input("v", 2, keyHeads, KEYS, 3);
        }
        Attributes attributes = Attributes.NONE.withInt("is_causal", causal ? 1 : 0);
        attributes = scaled ? attributes.withFloat("scale", 0.3f) : attributes;
        attributes =
                sideBySide ? attributes.withInt("q_num_heads", heads).withInt("kv_num_heads", keyHeads) : attributes;
        long[][] shapes = {{}, {QUERIES, KEYS}, {heads, QUERIES, KEYS}, {1, heads, QUERIES, KEYS}, {1, 1, QUERIES, KEYS}
        };
        if (mask > 0) {
            parity.constant(booleans ? booleans(seed, shapes[mask]) : parity.tensor("m", -2, 2, shapes[mask]));
        }
        return parity.node("Attention", mask == 0 ? "q k v" : "q k v m", "y", attributes)
                .output("y");
    }

    /** Each query sees the first key, so that none sees nothing. */
    private static GraphTensor booleans(long seed, long... shape) {
        int size = 1;
        for (long dimension : shape) {
            size *= (int) dimension;
        }
        Random random = new Random(seed);
        long[] values = new long[size];
        for (int i = 0; i < size; i++) {
            values[i] = i % KEYS == 0 || random.nextBoolean() ? 1 : 0;
        }
        return GraphTensor.of("m", ElementType.BOOL, shape, values);
    }
}
