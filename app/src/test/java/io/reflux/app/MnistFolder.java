package io.reflux.app;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;

/** A folder that looks like MNIST's: 40 training and 20 test images of 4 x 4 pixels; sample i has label i mod 10. */
record MnistFolder(Path path) {
    static final String TRAIN_IMAGES = "train-images-idx3-ubyte";
    static final String TRAIN_LABELS = "train-labels-idx1-ubyte";
    static final String TEST_LABELS = "t10k-labels-idx1-ubyte";

    private static final int SIDE = 4;
    private static final Map<String, Integer> PARTS = Map.of("train", 40, "t10k", 20);

    static MnistFolder write(Path path) throws IOException {
        for (Map.Entry<String, Integer> part : PARTS.entrySet()) {
            int samples = part.getValue();
            byte[] pixels = new byte[samples * SIDE * SIDE];
            byte[] labels = new byte[samples];
            for (int i = 0; i < samples; i++) {
                labels[i] = (byte) (i % 10);
                Arrays.fill(pixels, i * SIDE * SIDE, (i + 1) * SIDE * SIDE, (byte) (20 * (i % 10)));
            }
            Files.write(path.resolve(part.getKey() + "-images-idx3-ubyte"), idx(0x803, pixels, samples, SIDE, SIDE));
            Files.write(path.resolve(part.getKey() + "-labels-idx1-ubyte"), idx(0x801, labels, samples));
        }
        return new MnistFolder(path);
    }

    private static byte[] idx(int magic, byte[] values, int... dimensions) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(magic);
            for (int dimension : dimensions) {
                out.writeInt(dimension);
            }
            out.write(values);
        }
        return bytes.toByteArray();
    }

    /** Replaces a file's bytes, or removes the file where {@code damage} gives none. */
    void damage(String file, UnaryOperator<byte[]> damage) throws IOException {
        Path target = path.resolve(file);
        byte[] bytes = damage.apply(Files.readAllBytes(target));
        if (bytes.length == 0) {
            Files.delete(target);
        } else {
            Files.write(target, bytes);
        }
    }

    static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return zipped.toByteArray();
    }
}
