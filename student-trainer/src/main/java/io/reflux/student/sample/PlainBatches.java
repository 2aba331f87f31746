package io.reflux.student.sample;

import io.reflux.data.SampleIds;
import io.reflux.data.view.View;
import io.reflux.quantization.calibration.CalibrationBatch;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Some samples of a set as they are, evenly spread over it, in batches.
 *
 * @param reader reads them
 * @param ids the samples to choose from
 * @param samples how many; all where there are no more
 * @param batchSize samples of a batch; the last holds what remains
 */
public record PlainBatches(SampleReader reader, SampleIds ids, long samples, int batchSize)
        implements Iterable<CalibrationBatch> {

    /** All samples. */
    public static PlainBatches all(SampleReader reader, SampleIds ids, int batchSize) {
        return new PlainBatches(reader, ids, ids.size(), batchSize);
    }

    @Override
    public Iterator<CalibrationBatch> iterator() {
        long count = Math.min(samples, ids.size());
        return new Iterator<>() {
            private long next;

            @Override
            public boolean hasNext() {
                return next < count;
            }

            @Override
            public CalibrationBatch next() {
                if (next >= count) {
                    throw new NoSuchElementException();
                }
                List<View> views = new ArrayList<>();
                for (; next < count && views.size() < batchSize; next++) {
                    views.add(View.plain(ids.get((long) ((double) next * ids.size() / count))));
                }
                return new CalibrationBatch(reader.inputs(views), views.size());
            }
        };
    }
}
