package io.reflux.teacher.server;

import io.reflux.data.ImageDataSet;
import io.reflux.data.SampleShape;
import java.util.HexFormat;

/** A set whose pixels are a formula: pixel i of sample id is (7 id + 13 i) mod 256, and pixel 0 is 255 from id 500 on. */
final class TinyDataSet implements ImageDataSet {

    static final int SIZE = 1000;
    static final int FIRST_MARKED = 500;
    static final SampleShape SHAPE = new SampleShape(1, 4, 4);

    @Override
    public String name() {
        return "tiny";
    }

    @Override
    public SampleShape shape() {
        return SHAPE;
    }

    @Override
    public int numClasses() {
        return TinyModel.CLASSES;
    }

    @Override
    public long size() {
        return SIZE;
    }

    @Override
    public String fingerprint() {
        byte[] digest = new byte[32];
        digest[0] = 0x7a;
        return HexFormat.of().formatHex(digest);
    }

    @Override
    public int label(long sampleId) {
        return (int) (checkSampleId(sampleId) % TinyModel.CLASSES);
    }

    @Override
    public void copyPixels(long sampleId, byte[] target, int offset) {
        checkSampleId(sampleId);
        for (int i = 0; i < SHAPE.elements(); i++) {
            target[offset + i] = (byte) (7 * sampleId + 13L * i);
        }
        target[offset] = (byte) (sampleId < FIRST_MARKED ? 0 : 255);
    }
}
