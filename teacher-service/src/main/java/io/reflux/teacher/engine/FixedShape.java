package io.reflux.teacher.engine;

import io.reflux.model.graph.ElementType;
import io.reflux.model.runtime.Inputs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether a model that always gets the same number of rows gives a sample the same bits whatever stands beside it and
 * in whichever row it stands itself.
 *
 * <p>A kernel is chosen by the shape of a batch, and with it the order in which products are added. With one shape the order is
 * one as well, row by row, in libtorch and in ONNX Runtime, with any number of threads. It is not where a model itself mixes
 * rows: an ONNX file with DynamicQuantizeLinear scales each row by the largest number of them all. So it is tried, not assumed.
 */
public final class FixedShape {

    private static final Logger LOG = LoggerFactory.getLogger(FixedShape.class);

    private static final long SEED = 0x5eed;

    /** Far from what a model is used to, so that what stands beside a sample would show. */
    private static final float LOUD = 100;

    private FixedShape() {}

    /**
     * The number of rows that batches of this model should have for a sample's logits to depend on the sample alone.
     *
     * @param wanted at least 1
     * @return {@code wanted}, or 1 where a sample must be computed alone
     * @throws RuntimeException if the model fails
     */
    public static int rows(TeacherEngine engine, int wanted) {
        if (keepsRowsApart(engine, wanted)) {
            return wanted;
        }
        LOG.warn(
                "model {} gives a sample other logits beside other samples: each is computed alone, not {} at a time",
                engine.name(),
                wanted);
        return 1;
    }

    /** Whether a sample has the same logits and hints, bit for bit, in the first, second, middle and last row, beside others each time. */
    static boolean keepsRowsApart(TeacherEngine engine, int rows) {
        if (rows == 1) {
            return true;
        }
        Random random = new Random(SEED);
        List<float[]> expected = null;
        for (int row : new int[] {0, 1, rows / 2, rows - 1}) {
            List<float[]> found = row(engine, batch(engine, rows, row, random), rows, row);
            expected = expected == null ? found : expected;
            for (int i = 0; i < found.size(); i++) {
                if (!Arrays.equals(found.get(i), expected.get(i))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** What each output has in one row. */
    private static List<float[]> row(TeacherEngine engine, Inputs batch, int rows, int row) {
        List<float[]> all = engine.values(batch, rows, engine.shape().all());
        List<float[]> found = new ArrayList<>();
        for (float[] values : all) {
            int elements = values.length / rows;
            found.add(Arrays.copyOfRange(values, row * elements, (row + 1) * elements));
        }
        return found;
    }

    /** One sample, always the same, in a row, and random ones in the others. */
    private static Inputs batch(TeacherEngine engine, int rows, int row, Random others) {
        int elements = engine.sampleElements();
        Random sample = new Random(SEED);
        if (engine.shape().inputType() == ElementType.INT64) {
            // What a model that does not say how many tokens it knows is sure to know.
            int tokens = (int) Math.max(1, Math.min(Integer.MAX_VALUE, engine.numTokens()));
            long[] ids = others.longs((long) rows * elements, 0, tokens).toArray();
            System.arraycopy(sample.longs(elements, 0, tokens).toArray(), 0, ids, row * elements, elements);
            return Inputs.of(ids);
        }
        float[] values = new float[rows * elements];
        for (int i = 0; i < values.length; i++) {
            boolean own = i / elements == row;
            values[i] = own ? (float) sample.nextGaussian() : LOUD * (float) others.nextGaussian();
        }
        return Inputs.of(values);
    }
}
