package io.reflux.data.cifar;

import io.reflux.data.Fingerprint;
import io.reflux.data.ImageDataSet;
import io.reflux.data.SampleShape;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Colour images of 32 x 32 pixels in ten classes, read from CIFAR-10's binary files and held in memory. Thread-safe. */
public final class CifarDataSet implements ImageDataSet {

    /** Labels are 0 to 9. */
    public static final int NUM_CLASSES = 10;

    /** Records of each published file. */
    public static final int RECORDS_PER_FILE = 10_000;

    private static final SampleShape SHAPE = new SampleShape(3, 32, 32);
    private static final int RECORD_BYTES = 1 + SHAPE.elements();

    private final String name;
    private final int recordsPerFile;
    /** The files as they are: a record is its label and then its pixels in our order. */
    private final List<byte[]> files;

    private volatile @Nullable String fingerprint;

    private CifarDataSet(String name, int recordsPerFile, List<byte[]> files) {
        this.name = name;
        this.recordsPerFile = recordsPerFile;
        this.files = files;
    }

    /**
     * Reads files of {@link #RECORDS_PER_FILE} records each, compressed by gzip or not; ids go on from file to file.
     *
     * @param files at least one
     * @param name name for people
     * @throws io.reflux.data.DataException if a file is missing, unreadable, too short, too long or has a label above 9
     */
    public static CifarDataSet read(List<Path> files, String name) {
        return read(files, name, RECORDS_PER_FILE);
    }

    /** The same for files of any number of records. */
    static CifarDataSet read(List<Path> files, String name, int recordsPerFile) {
        if (files.isEmpty()) {
            throw new IllegalArgumentException("files: none (expected: at least one)");
        }
        List<byte[]> contents = files.stream()
                .map(file -> CifarFile.read(file, recordsPerFile, RECORD_BYTES, NUM_CLASSES))
                .toList();
        return new CifarDataSet(name, recordsPerFile, contents);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public SampleShape shape() {
        return SHAPE;
    }

    @Override
    public int numClasses() {
        return NUM_CLASSES;
    }

    @Override
    public long size() {
        return (long) files.size() * recordsPerFile;
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
        int id = (int) checkSampleId(sampleId);
        return files.get(id / recordsPerFile)[record(id)];
    }

    @Override
    public void copyPixels(long sampleId, byte[] target, int offset) {
        Objects.checkFromIndexSize(offset, SHAPE.elements(), target.length);
        int id = (int) checkSampleId(sampleId);
        System.arraycopy(files.get(id / recordsPerFile), record(id) + 1, target, offset, SHAPE.elements());
    }

    /** Where a sample's record begins in its file. */
    private int record(int id) {
        return id % recordsPerFile * RECORD_BYTES;
    }
}
