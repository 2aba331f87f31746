package io.reflux.teacher.label;

import io.reflux.data.ImageDataSet;
import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.ViewRenderer;
import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.Tensor;
import io.reflux.proto.v1.Views;
import io.reflux.teacher.batcher.Samples;
import java.util.List;

/** Checks a batch as far as can be done at once, and makes it ready to render. */
final class BatchReader {

    private final Offer offer;
    private final Terms terms;

    BatchReader(Offer offer, Terms terms) {
        this.offer = offer;
        this.terms = terms;
    }

    /**
     * The samples of a batch.
     *
     * @throws IllegalArgumentException with what is wrong with the batch
     */
    Samples read(Batch batch) {
        if (batch.getPositionsCount() > 0) {
            throw new IllegalArgumentException("batch.positions: " + batch.getPositionsCount()
                    + " (expected: none, the model takes no sequences)");
        }
        Samples samples = switch (batch.getContentCase()) {
            case VIEWS -> views(batch.getViews());
            case TENSOR -> tensor(batch.getTensor());
            case CONTENT_NOT_SET ->
                throw new IllegalArgumentException("batch.content: nothing (expected: views or tensor)");
        };
        if (samples.count() < 1 || samples.count() > offer.limits().maxBatchSamples()) {
            throw new IllegalArgumentException("batch: " + samples.count() + " samples (expected: 1 to "
                    + offer.limits().maxBatchSamples() + ")");
        }
        return samples;
    }

    private Samples views(Views views) {
        ViewRenderer renderer = terms.renderer();
        if (renderer == null) {
            throw new IllegalArgumentException("batch.views: sent on a stream without a data set (expected: a tensor,"
                    + " or open.data_set_fingerprint)");
        }
        int count = views.getSampleIdsCount();
        if (views.getAugmentationSeedsCount() != count) {
            throw new IllegalArgumentException("batch.views: " + count + " sample ids, "
                    + views.getAugmentationSeedsCount() + " augmentation seeds (expected: as many)");
        }
        ImageDataSet set = renderer.dataSet();
        long[] sampleIds = new long[count];
        long[] augmentationSeeds = new long[count];
        for (int i = 0; i < count; i++) {
            long id = views.getSampleIds(i);
            if (id < 0 || id >= set.size()) {
                throw new IllegalArgumentException("batch.views.sample_ids[" + i + "]: " + Long.toUnsignedString(id)
                        + " (expected: 0 to " + (set.size() - 1) + ", data set " + set.name() + ")");
            }
            sampleIds[i] = id;
            augmentationSeeds[i] = views.getAugmentationSeeds(i);
        }
        return new ViewSamples(renderer, offer.engine().scaling(), sampleIds, augmentationSeeds);
    }

    private Samples tensor(Tensor tensor) {
        requireShape(tensor.getShapeList());
        int rows = tensor.getShape(0);
        return switch (tensor.getType()) {
            case ELEMENT_TYPE_UINT8 -> {
                requireBytes(tensor, rows, 1);
                yield new PixelSamples(rows, channels(), planeElements(), tensor.getData(), scaling(tensor));
            }
            case ELEMENT_TYPE_FLOAT32 -> {
                requireBytes(tensor, rows, Float.BYTES);
                if (tensor.getMeanCount() + tensor.getStdCount() > 0) {
                    throw new IllegalArgumentException(
                            "batch.tensor.mean: given (expected: none for " + tensor.getType() + ")");
                }
                yield new FloatSamples(rows, offer.engine().sampleElements(), tensor.getData());
            }
            default ->
                throw new IllegalArgumentException("batch.tensor.type: " + tensor.getTypeValue()
                        + " (expected: ELEMENT_TYPE_UINT8 or ELEMENT_TYPE_FLOAT32)");
        };
    }

    private void requireShape(List<Integer> shape) {
        List<Long> sample = offer.engine().sampleShape();
        boolean fits = shape.size() == sample.size() + 1 && shape.get(0) >= 0;
        for (int i = 0; fits && i < sample.size(); i++) {
            fits = Integer.toUnsignedLong(shape.get(i + 1)) == sample.get(i);
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "batch.tensor.shape: " + abbreviate(shape) + " (expected: the batch, then " + sample + ")");
        }
    }

    private void requireBytes(Tensor tensor, int rows, int bytesEach) {
        long expected = (long) rows * offer.engine().sampleElements() * bytesEach;
        if (tensor.getData().size() != expected) {
            throw new IllegalArgumentException(
                    "batch.tensor.data: " + tensor.getData().size() + " bytes (expected: " + expected + ")");
        }
    }

    private PixelScaling scaling(Tensor tensor) {
        PixelScaling scaling = tensor.getMeanCount() + tensor.getStdCount() == 0
                ? offer.engine().scaling()
                : new PixelScaling(tensor.getMeanList(), tensor.getStdList());
        if (scaling.mean().size() != 1 && scaling.mean().size() != channels()) {
            throw new IllegalArgumentException("batch.tensor.mean: "
                    + scaling.mean().size() + " numbers (expected: 1 or " + channels() + ", one a channel)");
        }
        return scaling;
    }

    /** The first of three dimensions; samples of another rank have one channel. */
    private int channels() {
        List<Long> shape = offer.engine().sampleShape();
        return shape.size() == 3 ? Math.toIntExact(shape.get(0)) : 1;
    }

    private int planeElements() {
        return offer.engine().sampleElements() / channels();
    }

    private static String abbreviate(List<Integer> shape) {
        return shape.size() <= 8 ? shape.toString() : shape.subList(0, 8) + "...";
    }
}
