package io.reflux.teacher.label;

import io.reflux.data.DataSet;
import io.reflux.data.SampleIds;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.View;
import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.wire.Digests;
import io.reflux.teacher.batcher.InputBuffer;
import io.reflux.teacher.cache.CacheScope;
import io.reflux.teacher.cache.RowCache;
import io.reflux.teacher.cache.RowKey;
import io.reflux.teacher.engine.FixedShape;
import io.reflux.teacher.engine.ModelShape;
import io.reflux.teacher.engine.TeacherEngine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Computes answers before anybody asks for them, and keeps them where a teacher of the same model will look for them. What is
 * there already is not computed again, so that a fill that was interrupted goes on.
 *
 * <p>Without augmentation, or with a bank of no views, each sample as it is; else the augmentation seeds 1 to {@code views} of
 * each sample, all samples under the first seed, then under the second, as epochs ask for them.
 */
public final class CacheFill {

    private final TeacherEngine engine;
    private final ViewSource views;
    private final SampleIds samples;
    private final int seeds;
    private final SoftLabelEncoding encoding;
    /** Rows of every batch of the model; 0: as many as there are. */
    private final int fixedRows;

    private final int batchSamples;
    private final RowCache cache;
    private final CacheScope scope;
    private final ModelShape shape;

    private long known;
    private long computed;
    private long bytes;
    private long nonFinite;

    /**
     * A fill that has not begun.
     *
     * @param engine computes; not closed here
     * @param set the samples are of
     * @param views of each sample, at least 0
     * @param batchSamples samples that enter the model together, at least 1
     * @param deterministic whether the answers are for a deterministic teacher, whose every batch has {@code batchSamples} rows
     * @param cache has a folder; not closed here
     * @throws IllegalArgumentException if model and data set do not fit each other
     */
    public CacheFill(
            TeacherEngine engine,
            DataSet set,
            SampleIds samples,
            Augmentation augmentation,
            int views,
            Encoding encoding,
            int batchSamples,
            boolean deterministic,
            RowCache cache) {
        Offer.requireFit(engine, set);
        this.engine = engine;
        this.views = ViewSource.of(set, augmentation, engine.scaling());
        this.samples = samples;
        this.seeds = augmentation.isNone() ? 0 : views;
        this.encoding = SoftLabelEncoding.of(encoding);
        this.fixedRows = deterministic ? FixedShape.rows(engine, batchSamples) : 0;
        this.batchSamples = deterministic ? fixedRows : batchSamples;
        this.cache = cache;
        this.shape = engine.shape();
        this.scope = CacheScope.of(
                engine.digest(),
                fixedRows,
                Digests.fromHex(set.fingerprint()),
                this.views.augmentation(),
                ModelShape.LOGITS_NAME,
                new int[0],
                this.encoding.rowDescription());
    }

    /** Views that the fill is about. */
    public long total() {
        return samples.size() * Math.max(1, seeds);
    }

    /**
     * Fills until all is there or {@code stop} says so.
     *
     * @param progress called after each batch, with how far it is
     * @throws RuntimeException if the model fails
     */
    public CacheFillReport run(BooleanSupplier stop, Consumer<CacheFillReport> progress) {
        List<View> missing = new ArrayList<>(batchSamples);
        for (int seed = seeds == 0 ? 0 : 1; seed <= seeds; seed++) {
            for (long i = 0; i < samples.size(); i++) {
                if (stop.getAsBoolean()) {
                    return report();
                }
                View view = new View(samples.get(i), seed);
                byte[] row = cache.onDisk(key(view));
                if (row == null) {
                    missing.add(view);
                } else {
                    known++;
                    bytes += row.length;
                }
                if (missing.size() == batchSamples || missing.isEmpty() && known % batchSamples == 0) {
                    compute(missing);
                    progress.accept(report());
                }
            }
        }
        compute(missing);
        progress.accept(report());
        return report();
    }

    private RowKey key(View view) {
        return new RowKey(scope, view.sampleId(), view.augmentationSeed());
    }

    private void compute(List<View> missing) {
        if (missing.isEmpty()) {
            return;
        }
        int count = missing.size();
        // What is beyond the samples stays zero, as where a teacher has nothing to fill it with.
        int rows = Math.max(count, fixedRows);
        InputBuffer inputs = new InputBuffer(shape.inputType(), Math.multiplyExact(rows, shape.sampleElements()));
        views.render(missing, inputs, 0);
        float[] logits = engine.logits(inputs.inputs(), rows);
        Map<RowKey, byte[]> fresh = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            int from = i * shape.sampleLogits();
            if (finite(logits, from)) {
                byte[] row = encode(missing.get(i), logits, from);
                bytes += row.length;
                fresh.put(key(missing.get(i)), row);
            } else {
                nonFinite++;
            }
        }
        cache.store(fresh);
        computed += fresh.size();
        missing.clear();
    }

    private boolean finite(float[] logits, int from) {
        for (int i = from; i < from + shape.sampleLogits(); i++) {
            if (!Float.isFinite(logits[i])) {
                return false;
            }
        }
        return true;
    }

    private byte[] encode(View view, float[] logits, int from) {
        long seed = Seeds.ofView(view.sampleId(), view.augmentationSeed());
        List<byte[]> rows = new ArrayList<>(shape.positions());
        for (int position = 0; position < shape.positions(); position++) {
            rows.add(encoding.encodeRow(
                    logits, from + position * shape.classes(), shape.classes(), Seeds.ofPosition(seed, position)));
        }
        return SoftLabelEncoding.concatenated(rows);
    }

    private CacheFillReport report() {
        return new CacheFillReport(total(), known, computed, nonFinite, bytes);
    }
}
