package io.reflux.quantization.ptq;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.SampleInput;
import io.reflux.quantization.calibration.CalibrationBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Samples of normal numbers, or of tokens. */
final class RandomBatches {

    private RandomBatches() {}

    static List<CalibrationBatch> of(ModelGraph graph, int batches, int rows, long seed) {
        SampleInput input = SampleInput.of(graph);
        Random random = new Random(seed);
        List<CalibrationBatch> result = new ArrayList<>();
        for (int b = 0; b < batches; b++) {
            int count = rows * input.elements();
            Inputs inputs = input.type() == ElementType.INT64
                    ? Inputs.of(random.longs(count, 0, 60).toArray())
                    : Inputs.of(normal(random, count));
            result.add(new CalibrationBatch(inputs, rows));
        }
        return result;
    }

    private static float[] normal(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
