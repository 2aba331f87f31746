package io.reflux.data.view;

import io.reflux.data.ImageDataSet;
import io.reflux.data.SampleShape;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Renders views of one data set. Shapes: B views, C channels, H rows, W columns, row-major. Thread-safe.
 */
public final class ViewRenderer {

    private final ImageDataSet set;
    private final SampleShape shape;
    private final Augmentation augmentation;

    /** A renderer of this set's views under this augmentation. */
    public ViewRenderer(ImageDataSet set, Augmentation augmentation) {
        this.set = set;
        this.shape = set.shape();
        this.augmentation = augmentation;
    }

    /** The set that is rendered. */
    public ImageDataSet dataSet() {
        return set;
    }

    /** The augmentation that is applied. */
    public Augmentation augmentation() {
        return augmentation;
    }

    /**
     * Renders one view as unsigned bytes, C x H x W.
     *
     * @throws IndexOutOfBoundsException if there is no such sample or no room in {@code target}
     */
    public void renderPixels(View view, byte[] target, int offset) {
        Objects.checkFromIndexSize(offset, shape.elements(), target.length);
        Shift shift = augmentation.shift(view);
        boolean mirrored = augmentation.mirrors(view);
        if (shift.isNone() && !mirrored) {
            set.copyPixels(view.sampleId(), target, offset);
            return;
        }
        byte[] sample = new byte[shape.elements()];
        set.copyPixels(view.sampleId(), sample, 0);
        if (mirrored) {
            mirror(sample);
        }
        Arrays.fill(target, offset, offset + sample.length, (byte) 0);
        copyShifted(sample, shift, target, offset);
    }

    /**
     * Renders views as scaled numbers, B x C x H x W.
     *
     * @param target receives the numbers from its start on; may be longer
     * @throws IndexOutOfBoundsException if there is no such sample or no room in {@code target}
     * @throws IllegalArgumentException if {@code scaling} has another number of channels
     */
    public void render(List<View> views, PixelScaling scaling, float[] target) {
        render(views, scaling, target, 0);
    }

    /**
     * Renders views as scaled numbers, B x C x H x W, into a part of an array.
     *
     * @param target receives the numbers from {@code offset} on; may be longer
     * @throws IndexOutOfBoundsException if there is no such sample or no room in {@code target}
     * @throws IllegalArgumentException if {@code scaling} has another number of channels
     */
    public void render(List<View> views, PixelScaling scaling, float[] target, int offset) {
        scaling.checkFits(shape);
        int elements = shape.elements();
        Objects.checkFromIndexSize(offset, (long) views.size() * elements, target.length);
        float[][] tables = new float[shape.channels()][];
        Arrays.setAll(tables, scaling::table);
        byte[] pixels = new byte[elements];
        int next = offset;
        for (View view : views) {
            renderPixels(view, pixels, 0);
            next = scale(pixels, tables, target, next);
        }
    }

    private int scale(byte[] pixels, float[][] tables, float[] target, int offset) {
        int plane = shape.height() * shape.width();
        int next = offset;
        for (int channel = 0; channel < tables.length; channel++) {
            float[] table = tables[channel];
            int end = (channel + 1) * plane;
            for (int i = channel * plane; i < end; i++) {
                target[next++] = table[pixels[i] & 0xFF];
            }
        }
        return next;
    }

    private void mirror(byte[] sample) {
        for (int row = 0; row < sample.length; row += shape.width()) {
            for (int left = row, right = row + shape.width() - 1; left < right; left++, right--) {
                byte swapped = sample[left];
                sample[left] = sample[right];
                sample[right] = swapped;
            }
        }
    }

    private void copyShifted(byte[] sample, Shift shift, byte[] target, int offset) {
        int columns = shape.width() - Math.abs(shift.right());
        if (columns <= 0) {
            return;
        }
        int fromColumn = Math.max(0, -shift.right());
        int toColumn = Math.max(0, shift.right());
        int firstRow = Math.max(0, shift.down());
        int endRow = Math.min(shape.height(), shape.height() + shift.down());
        for (int channel = 0; channel < shape.channels(); channel++) {
            for (int row = firstRow; row < endRow; row++) {
                int from = (channel * shape.height() + row - shift.down()) * shape.width() + fromColumn;
                int to = (channel * shape.height() + row) * shape.width() + toColumn;
                System.arraycopy(sample, from, target, offset + to, columns);
            }
        }
    }
}
