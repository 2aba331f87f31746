package io.reflux.data;

import java.util.Objects;

/**
 * A set whose pixels follow a formula, for tests: pixel i of sample s is (31 s + 7 i + 1) mod 256, i counting in C x H x
 * W order; its label is s mod the number of classes.
 */
public record PatternDataSet(SampleShape shape, int numClasses, long size) implements ImageDataSet {

    @Override
    public String name() {
        return "pattern";
    }

    @Override
    public String fingerprint() {
        return Fingerprint.ofContent(this);
    }

    @Override
    public int label(long sampleId) {
        return (int) (checkSampleId(sampleId) % numClasses);
    }

    @Override
    public void copyPixels(long sampleId, byte[] target, int offset) {
        Objects.checkFromIndexSize(offset, shape.elements(), target.length);
        checkSampleId(sampleId);
        for (int i = 0; i < shape.elements(); i++) {
            target[offset + i] = (byte) (31 * sampleId + 7L * i + 1);
        }
    }
}
