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
        return new Iterator<>() {
            private long next;

            @Override
            public boolean hasNext() {
                return next < count();
            }

            @Override
            public CalibrationBatch next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                List<View> views = views(next);
                next += views.size();
                return new CalibrationBatch(reader.inputs(views), views.size());
            }
        };
    }

    /** The samples of each batch, by name. */
    public List<List<View>> views() {
        List<List<View>> all = new ArrayList<>();
        for (long next = 0; next < count(); next += batchSize) {
            all.add(views(next));
        }
        return all;
    }

    private long count() {
        return Math.min(samples, ids.size());
    }

    private List<View> views(long from) {
        List<View> views = new ArrayList<>();
        for (long i = from; i < count() && views.size() < batchSize; i++) {
            views.add(View.plain(ids.get((long) ((double) i * ids.size() / count()))));
        }
        return views;
    }
}
