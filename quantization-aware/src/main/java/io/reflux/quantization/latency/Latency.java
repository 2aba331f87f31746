package io.reflux.quantization.latency;

import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.Inputs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongSupplier;

/** Time of one call of a model. */
public final class Latency {

    private static final int WARM_UP = 3;

    /** How long one model answers before the next one does. */
    private static final long TURN_NANOS = 20_000_000;

    private Latency() {}

    /**
     * Measures models in turns, so that what disturbs the machine disturbs all of them, and returns the median of each in
     * milliseconds. In its turn a model answers call by call, as where it is served; the first call does not count, which brings
     * back into the caches what the others pushed out. A ResNet-18 in 8 bits, 4 MB, took 0.14 ms alone and 0.27 ms right
     * after its floats, 44 MB.
     *
     * @param inputs rows x sample, row-major
     * @param atLeast how long to measure all of them together
     * @param nanoClock monotonic time in nanoseconds
     */
    public static List<Double> medians(
            List<? extends InferenceModel> models, Inputs inputs, int rows, Duration atLeast, LongSupplier nanoClock) {
        List<List<Long>> times = new ArrayList<>();
        for (InferenceModel model : models) {
            for (int i = 0; i < WARM_UP; i++) {
                model.logits(inputs, rows);
            }
            times.add(new ArrayList<>());
        }
        long end = nanoClock.getAsLong() + atLeast.toNanos();
        do {
            for (int i = 0; i < models.size(); i++) {
                models.get(i).logits(inputs, rows);
                long turn = nanoClock.getAsLong();
                long now = turn;
                do {
                    long begin = now;
                    models.get(i).logits(inputs, rows);
                    now = nanoClock.getAsLong();
                    times.get(i).add(now - begin);
                } while (now - turn < TURN_NANOS);
            }
        } while (nanoClock.getAsLong() < end);
        return times.stream().map(Latency::median).toList();
    }

    private static double median(List<Long> nanos) {
        Collections.sort(nanos);
        int middle = nanos.size() / 2;
        double median = nanos.size() % 2 == 1 ? nanos.get(middle) : (nanos.get(middle - 1) + nanos.get(middle)) / 2.0;
        return median / 1e6;
    }
}
