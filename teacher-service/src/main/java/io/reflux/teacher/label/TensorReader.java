package io.reflux.teacher.label;

import io.reflux.data.view.PixelScaling;
import io.reflux.proto.v1.ElementType;
import io.reflux.proto.v1.Tensor;
import io.reflux.teacher.batcher.Samples;
import java.util.List;

/** Checks samples by value as far as can be done without looking at each, and makes them ready to render. */
final class TensorReader {

    private final Offer offer;

    TensorReader(Offer offer) {
        this.offer = offer;
    }

    /**
     * The samples of a tensor.
     *
     * @throws IllegalArgumentException with what is wrong with it
     */
    Samples read(Tensor tensor) {
        requireShape(tensor.getShapeList());
        int rows = tensor.getShape(0);
        requireType(tensor);
        return switch (tensor.getType()) {
            case ELEMENT_TYPE_UINT8 -> {
                requireBytes(tensor, rows, 1);
                yield new PixelSamples(rows, channels(), planeElements(), tensor.getData(), scaling(tensor));
            }
            case ELEMENT_TYPE_FLOAT32 -> {
                requireBytes(tensor, rows, Float.BYTES);
                yield new FloatSamples(
                        rows,
                        channels(),
                        planeElements(),
                        tensor.getData(),
                        isScaled(tensor) ? new FloatScaling(scaling(tensor)) : null);
            }
            case ELEMENT_TYPE_INT32 -> tokens(tensor, rows, Integer.BYTES);
            default -> tokens(tensor, rows, Long.BYTES);
        };
    }

    private Samples tokens(Tensor tensor, int rows, int idBytes) {
        requireBytes(tensor, rows, idBytes);
        requireNoScaling(tensor);
        return new TokenSamples(rows, elements(), idBytes, offer.numTokens(), tensor.getData());
    }

    private void requireType(Tensor tensor) {
        List<ElementType> taken = offer.engine().takesTokens()
                ? List.of(ElementType.ELEMENT_TYPE_INT32, ElementType.ELEMENT_TYPE_INT64)
                : List.of(ElementType.ELEMENT_TYPE_UINT8, ElementType.ELEMENT_TYPE_FLOAT32);
        if (!taken.contains(tensor.getType())) {
            throw new IllegalArgumentException("batch.tensor.type: " + tensor.getTypeValue() + " (expected: "
                    + taken.get(0) + " or " + taken.get(1) + ")");
        }
        if (offer.engine().takesTokens() && offer.numTokens() == 0) {
            throw new IllegalArgumentException("batch.tensor: tokens by value (expected: views; the model does not say"
                    + " which tokens it knows)");
        }
    }

    private static boolean isScaled(Tensor tensor) {
        return tensor.getMeanCount() + tensor.getStdCount() > 0;
    }

    private static void requireNoScaling(Tensor tensor) {
        if (isScaled(tensor)) {
            throw new IllegalArgumentException(
                    "batch.tensor.mean: given (expected: none for " + tensor.getType() + ")");
        }
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
        long expected = (long) rows * elements() * bytesEach;
        if (tensor.getData().size() != expected) {
            throw new IllegalArgumentException(
                    "batch.tensor.data: " + tensor.getData().size() + " bytes (expected: " + expected + ")");
        }
    }

    private PixelScaling scaling(Tensor tensor) {
        PixelScaling scaling = isScaled(tensor)
                ? new PixelScaling(tensor.getMeanList(), tensor.getStdList())
                : offer.engine().scaling();
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
        return elements() / channels();
    }

    private static String abbreviate(List<Integer> shape) {
        return shape.size() <= 8 ? shape.toString() : shape.subList(0, 8) + "...";
    }

    private int elements() {
        return offer.engine().sampleElements();
    }
}
