package io.reflux.teacher.server;

import io.reflux.data.SampleShape;
import io.reflux.model.graph.ElementType;
import io.reflux.model.runtime.Inputs;
import io.reflux.proto.wire.Digests;
import io.reflux.teacher.batcher.Batcher;
import io.reflux.teacher.engine.EngineSlot;
import io.reflux.teacher.engine.FixedShape;
import io.reflux.teacher.engine.ModelFiles;
import io.reflux.teacher.engine.TeacherEngine;
import io.reflux.teacher.label.LabelStreams;
import io.reflux.teacher.metrics.TeacherMetrics;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the model that the file holds by now in the place of the one that is served, without dropping a stream.
 *
 * <p>The new one is loaded beside the old one, tried, and takes its place between two batches; if it cannot, the old one stays. Only
 * streams that asked for the old one by its digest end: first they are answered what they have asked for, within the drain timeout.
 */
final class ModelSwap {

    private static final Logger LOG = LoggerFactory.getLogger(ModelSwap.class);

    /** The first runs of a shape allocate and choose kernels; two sizes make that happen before students wait for it. */
    private static final int WARM_ROWS = 16;

    private final TeacherConfig config;
    private final EngineSlot slot;
    private final LabelStreams streams;
    private final Batcher batcher;
    private final int fixedRows;
    private final TeacherMetrics metrics;

    /** @param fixedRows rows that every batch has in deterministic mode; 0: any number */
    ModelSwap(
            TeacherConfig config,
            EngineSlot slot,
            LabelStreams streams,
            Batcher batcher,
            int fixedRows,
            TeacherMetrics metrics) {
        this.config = config;
        this.slot = slot;
        this.streams = streams;
        this.batcher = batcher;
        this.fixedRows = fixedRows;
        this.metrics = metrics;
    }

    /** Takes the file's model over, or logs why not. Blocks; one call at a time. */
    void run() {
        TeacherEngine next = null;
        try {
            next = load();
            if (next != null) {
                takeOver(next);
                // The slot closes it from now on.
                next = null;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | ExecutionException | LinkageError | OutOfMemoryError e) {
            metrics.swapRefused();
            LOG.warn("{}: not taken over, {} stays: {}", config.model(), digest(slot.engine()), e.getMessage());
        } finally {
            if (next != null) {
                next.close();
            }
        }
    }

    /** The file's model, tried; null if it is the one that is served. */
    private @Nullable TeacherEngine load() {
        TeacherEngine served = slot.engine();
        TeacherEngine next = new TeacherEngine(
                served.name(),
                ModelFiles.open(config.model(), config.device(), shape(served.sampleShape()), config.hints()));
        boolean usable = false;
        try {
            if (next.digest().equals(served.digest())) {
                LOG.info("{}: written again, but the same model", config.model());
                return null;
            }
            next.requireSameAs(served);
            warmUp(next);
            usable = true;
            return next;
        } finally {
            if (!usable) {
                next.close();
            }
        }
    }

    private static @Nullable SampleShape shape(List<Long> dimensions) {
        return dimensions.size() != 3
                ? null
                : new SampleShape(
                        Math.toIntExact(dimensions.get(0)),
                        Math.toIntExact(dimensions.get(1)),
                        Math.toIntExact(dimensions.get(2)));
    }

    private void warmUp(TeacherEngine next) {
        if (fixedRows > 0) {
            requireRowsApart(next);
            return;
        }
        for (int rows : new int[] {1, WARM_ROWS}) {
            int elements = Math.multiplyExact(rows, next.sampleElements());
            Inputs zeros = next.shape().inputType() == ElementType.INT64
                    ? Inputs.of(new long[elements])
                    : Inputs.of(new float[elements]);
            List<float[]> values = next.values(zeros, rows, next.shape().all());
            for (int i = 0; i < values.size(); i++) {
                requireFinite(next, next.shape().outputs().get(i).name(), values.get(i));
            }
        }
    }

    private void requireRowsApart(TeacherEngine next) {
        int rows = FixedShape.rows(next, fixedRows);
        if (rows != fixedRows) {
            throw new IllegalArgumentException("model " + next.name() + ": rows of a batch to compute a sample alone "
                    + rows + " (expected: " + fixedRows + ", as served)");
        }
    }

    private static void requireFinite(TeacherEngine next, String output, float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new IllegalArgumentException(
                        "model " + next.name() + ": " + output + " of zeros " + value + " (expected: finite)");
            }
        }
    }

    /** Has a model that is as the one that is served take its place; the slot closes it. One call at a time. */
    void takeOver(TeacherEngine next) throws InterruptedException, ExecutionException {
        String former = digest(slot.engine());
        try {
            streams.retire(next.digest())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(Math.max(1, config.drainTimeout().toMillis()), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn("streams of model {} are cut off after the drain timeout of {}", former, config.drainTimeout());
        }
        slot.replace(next, () -> {
            batcher.modelChanged();
            streams.announce(next.digest());
        });
        metrics.model(next.name(), digest(next));
        metrics.swapped();
        LOG.info("{}: model {} answers in the place of {}", config.model(), digest(next), former);
    }

    private static String digest(TeacherEngine engine) {
        return Digests.toHex(engine.digest());
    }
}
