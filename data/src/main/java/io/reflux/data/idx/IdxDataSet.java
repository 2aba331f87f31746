package io.reflux.data.idx;

import io.reflux.data.DataException;
import io.reflux.data.Fingerprint;
import io.reflux.data.ImageDataSet;
import io.reflux.data.SampleShape;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Images and labels of two IDX files, held in memory. Thread-safe. */
public final class IdxDataSet implements ImageDataSet {

    private final String name;
    private final int numClasses;
    private final IdxImages images;
    private final byte[] labels;
    private volatile @Nullable String fingerprint;

    private IdxDataSet(String name, int numClasses, IdxImages images, byte[] labels) {
        this.name = name;
        this.numClasses = numClasses;
        this.images = images;
        this.labels = labels;
    }

    /**
     * Reads a pair of IDX files, compressed by gzip or not; the content tells, not the name.
     *
     * @param images IDX file of unsigned bytes in three dimensions: samples, rows, columns
     * @param labels IDX file of unsigned bytes in one dimension, as many as there are images
     * @param name name for people
     * @param numClasses labels are 0 to {@code numClasses - 1}; 2 to 256
     * @throws DataException if a file is missing, unreadable, or not what its header or the other file says
     */
    public static IdxDataSet read(Path images, Path labels, String name, int numClasses) {
        if (numClasses < 2 || numClasses > 256) {
            throw new IllegalArgumentException("numClasses: %d (expected: 2 to 256)".formatted(numClasses));
        }
        // Labels first: they are small, and a wrong pair is found before the images are read.
        byte[] labelBytes = IdxFile.readLabels(labels, numClasses);
        IdxImages read = IdxFile.readImages(images);
        if (read.count() != labelBytes.length) {
            throw new DataException(
                    DataException.Code.CORRUPT,
                    "%s: %d labels (expected: %d, one per image in %s)"
                            .formatted(labels, labelBytes.length, read.count(), images.getFileName()));
        }
        return new IdxDataSet(name, numClasses, read, labelBytes);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public SampleShape shape() {
        return images.shape();
    }

    @Override
    public int numClasses() {
        return numClasses;
    }

    @Override
    public long size() {
        return labels.length;
    }

    @Override
    public String fingerprint() {
        String known = fingerprint;
        if (known == null) {
            // Two threads may both compute it; they find the same.
            known = Fingerprint.ofContent(this);
            fingerprint = known;
        }
        return known;
    }

    @Override
    public int label(long sampleId) {
        return labels[(int) checkSampleId(sampleId)] & 0xFF;
    }

    @Override
    public void copyPixels(long sampleId, byte[] target, int offset) {
        int elements = images.shape().elements();
        Objects.checkFromIndexSize(offset, elements, target.length);
        System.arraycopy(images.pixels(), (int) checkSampleId(sampleId) * elements, target, offset, elements);
    }
}
