package io.reflux.teacher.label;

import io.reflux.data.DataSet;
import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.Views;
import io.reflux.teacher.batcher.Samples;
import io.reflux.teacher.engine.ModelShape;
import java.util.List;

/** Checks a batch as far as can be done at once, and makes it ready to render. */
final class BatchReader {

    private final Offer offer;
    private final Terms terms;
    private final ModelShape shape;
    private final TensorReader tensors;

    BatchReader(Offer offer, Terms terms) {
        this.offer = offer;
        this.terms = terms;
        this.shape = offer.engine().shape();
        this.tensors = new TensorReader(offer);
    }

    /**
     * The samples of a batch.
     *
     * @throws IllegalArgumentException with what is wrong with the batch
     */
    Samples read(Batch batch) {
        int[] positions = positions(batch.getPositionsList());
        Samples samples = switch (batch.getContentCase()) {
            case VIEWS -> views(batch.getViews());
            case TENSOR -> tensors.read(batch.getTensor());
            case CONTENT_NOT_SET ->
                throw new IllegalArgumentException("batch.content: nothing (expected: views or tensor)");
        };
        if (samples.count() < 1 || samples.count() > offer.limits().maxBatchSamples()) {
            throw new IllegalArgumentException("batch: " + samples.count() + " samples (expected: 1 to "
                    + offer.limits().maxBatchSamples() + ")");
        }
        Samples asked = positions.length == 0 ? samples : new PositionedSamples(samples, positions);
        requireAnswerFits(asked);
        return asked;
    }

    private int[] positions(List<Integer> asked) {
        if (asked.size() > 0 && shape.positions() == 1) {
            throw new IllegalArgumentException(
                    "batch.positions: " + asked.size() + " (expected: none, the model has one row of logits a sample)");
        }
        if (asked.size() > 0) {
            requirePositioned();
        }
        int[] positions = new int[asked.size()];
        int last = -1;
        for (int i = 0; i < positions.length; i++) {
            int position = asked.get(i);
            if (position <= last || position >= shape.positions()) {
                throw new IllegalArgumentException("batch.positions[" + i + "]: " + Integer.toUnsignedString(position)
                        + " (expected: " + (last + 1) + " to " + (shape.positions() - 1) + ")");
            }
            positions[i] = position;
            last = position;
        }
        return positions;
    }

    /** Positions name rows of logits; a hint has the same ones, or cannot be cut by them. */
    private void requirePositioned() {
        for (WantedOutput output : terms.outputs()) {
            if (output.shape().rows() != shape.positions()) {
                throw new IllegalArgumentException("batch.positions: given beside output "
                        + output.shape().name() + " of shape " + output.shape().shape()
                        + " (expected: none, or outputs whose "
                        + "first dimension is the " + shape.positions() + " positions)");
            }
        }
    }

    /** The answer to a sample is not cut, so it must fit into a message. */
    private void requireAnswerFits(Samples samples) {
        long bytes = terms.outputs().stream()
                .mapToLong(output -> output.sampleBytes(samples))
                .sum();
        boolean cuttable = terms.outputs().size() > 1 || terms.outputs().get(0).rowsEach(samples) > 1;
        if (cuttable && bytes > offer.limits().maxMessageBytes()) {
            throw new IllegalArgumentException(
                    "batch: labels of up to " + bytes + " bytes for each sample (expected: at" + " most "
                            + offer.limits().maxMessageBytes()
                            + "; ask for fewer positions or outputs, or another encoding)");
        }
    }

    private Samples views(Views views) {
        ViewSource source = terms.views();
        if (source == null) {
            throw new IllegalArgumentException("batch.views: sent on a stream without a data set (expected: a tensor,"
                    + " or open.data_set_fingerprint)");
        }
        int count = views.getSampleIdsCount();
        if (views.getAugmentationSeedsCount() != count) {
            throw new IllegalArgumentException("batch.views: " + count + " sample ids, "
                    + views.getAugmentationSeedsCount() + " augmentation seeds (expected: as many)");
        }
        DataSet set = source.dataSet();
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
        return new ViewSamples(source, sampleIds, augmentationSeeds);
    }
}
