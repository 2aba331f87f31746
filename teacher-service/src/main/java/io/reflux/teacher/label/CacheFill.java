package io.reflux.teacher.label;

import com.google.protobuf.ByteString;
import io.reflux.data.DataSet;
import io.reflux.data.SampleIds;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.View;
import io.reflux.model.graph.NamePatterns;
import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.wire.Digests;
import io.reflux.teacher.batcher.InputBuffer;
import io.reflux.teacher.cache.CacheScope;
import io.reflux.teacher.cache.RowCache;
import io.reflux.teacher.cache.RowKey;
import io.reflux.teacher.engine.FixedShape;
import io.reflux.teacher.engine.ModelShape;
import io.reflux.teacher.engine.OutputShape;
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
    /** Rows of every batch of the model; 0: as many as there are. */
    private final int fixedRows;

    private final int batchSamples;
    private final RowCache cache;
    private final ModelShape shape;
    private final List<Part> parts;

    /** What is kept of one output. */
    private record Part(int output, OutputShape shape, SoftLabelEncoding encoding, CacheScope scope) {}

    /** A view and what is not known of it. */
    private record Missing(View view, List<Part> parts) {}

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
     * @param encoding of the logits
     * @param hints encodings of other outputs that are filled too, by their names
     * @param batchSamples samples that enter the model together, at least 1
     * @param deterministic whether the answers are for a deterministic teacher, whose every batch has {@code batchSamples} rows
     * @param cache has a folder; not closed here
     * @throws IllegalArgumentException if model and data set do not fit each other, or the model has no such output
     */
    public CacheFill(
            TeacherEngine engine,
            DataSet set,
            SampleIds samples,
            Augmentation augmentation,
            int views,
            Encoding encoding,
            Map<String, Encoding> hints,
            int batchSamples,
            boolean deterministic,
            RowCache cache) {
        Offer.requireFit(engine, set);
        this.engine = engine;
        this.views = ViewSource.of(set, augmentation, engine.scaling());
        this.samples = samples;
        this.seeds = augmentation.isNone() ? 0 : views;
        this.fixedRows = deterministic ? FixedShape.rows(engine, batchSamples) : 0;
        this.batchSamples = deterministic ? fixedRows : batchSamples;
        this.cache = cache;
        this.shape = engine.shape();
        ByteString dataSet = Digests.fromHex(set.fingerprint());
        Map<String, Encoding> outputs = new LinkedHashMap<>();
        outputs.put(ModelShape.LOGITS_NAME, encoding);
        outputs.putAll(hints);
        this.parts = outputs.entrySet().stream()
                .map(output -> part(output.getKey(), output.getValue(), dataSet))
                .toList();
    }

    private Part part(String name, Encoding description, ByteString dataSet) {
        List<String> names = shape.outputs().stream().map(OutputShape::name).toList();
        int index = names.indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException("output " + name + " (expected: one of the model's; nearest: "
                    + NamePatterns.nearest(name, names) + ")");
        }
        SoftLabelEncoding encoding = SoftLabelEncoding.of(description);
        CacheScope scope = CacheScope.of(
                engine.digest(), fixedRows, dataSet, views.augmentation(), name, new int[0], encoding.rowDescription());
        return new Part(index, shape.outputs().get(index), encoding, scope);
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
        List<Missing> missing = new ArrayList<>(batchSamples);
        for (int seed = seeds == 0 ? 0 : 1; seed <= seeds; seed++) {
            for (long i = 0; i < samples.size(); i++) {
                if (stop.getAsBoolean()) {
                    return report();
                }
                View view = new View(samples.get(i), seed);
                List<Part> unknown = unknown(view);
                if (unknown.isEmpty()) {
                    known++;
                } else {
                    missing.add(new Missing(view, unknown));
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

    /** What is not kept of a view; counts the bytes of what is. */
    private List<Part> unknown(View view) {
        List<Part> unknown = new ArrayList<>();
        for (Part part : parts) {
            byte[] row = cache.onDisk(key(part, view));
            if (row == null) {
                unknown.add(part);
            } else {
                bytes += row.length;
            }
        }
        return unknown;
    }

    private static RowKey key(Part part, View view) {
        return new RowKey(part.scope(), view.sampleId(), view.augmentationSeed());
    }

    private void compute(List<Missing> missing) {
        if (missing.isEmpty()) {
            return;
        }
        int count = missing.size();
        // What is beyond the samples stays zero, as where a teacher has nothing to fill it with.
        int rows = Math.max(count, fixedRows);
        InputBuffer inputs = new InputBuffer(shape.inputType(), Math.multiplyExact(rows, shape.sampleElements()));
        views.render(missing.stream().map(Missing::view).toList(), inputs, 0);
        List<float[]> values = engine.values(
                inputs.inputs(), rows, parts.stream().mapToInt(Part::output).toArray());
        Map<RowKey, byte[]> fresh = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            boolean whole = true;
            for (Part part : missing.get(i).parts()) {
                float[] given = values.get(parts.indexOf(part));
                int from = i * part.shape().elements();
                if (finite(given, from, part.shape().elements())) {
                    byte[] row = encode(part, missing.get(i).view(), given, from);
                    bytes += row.length;
                    fresh.put(key(part, missing.get(i).view()), row);
                } else {
                    whole = false;
                }
            }
            computed += whole ? 1 : 0;
            nonFinite += whole ? 0 : 1;
        }
        cache.store(fresh);
        missing.clear();
    }

    private static boolean finite(float[] values, int from, int count) {
        for (int i = from; i < from + count; i++) {
            if (!Float.isFinite(values[i])) {
                return false;
            }
        }
        return true;
    }

    private static byte[] encode(Part part, View view, float[] values, int from) {
        long seed = Seeds.ofView(view.sampleId(), view.augmentationSeed());
        int width = part.shape().width();
        List<byte[]> rows = new ArrayList<>(part.shape().rows());
        for (int position = 0; position < part.shape().rows(); position++) {
            rows.add(part.encoding()
                    .encodeRow(values, from + position * width, width, Seeds.ofPosition(seed, position)));
        }
        return SoftLabelEncoding.concatenated(rows);
    }

    private CacheFillReport report() {
        return new CacheFillReport(total(), known, computed, nonFinite, bytes);
    }
}
