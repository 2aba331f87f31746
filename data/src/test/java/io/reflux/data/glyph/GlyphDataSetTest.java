package io.reflux.data.glyph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.reflux.data.ImageDataSet;
import io.reflux.data.SampleShape;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class GlyphDataSetTest {

    private static final int ELEMENTS = 784;

    /** Self-recorded: guards against any change of a bit, on this machine or between machines. */
    @Test
    void samples_areTheRecordedOnes() throws NoSuchAlgorithmException {
        GlyphDataSet set = new GlyphDataSet(1, 1L << 31);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        LongStream.concat(LongStream.range(0, 2000), LongStream.range((1L << 31) - 50, 1L << 31))
                .forEach(id -> {
                    digest.update((byte) set.label(id));
                    digest.update(pixels(set, id));
                });

        assertThat(HexFormat.of().formatHex(digest.digest()))
                .isEqualTo("ce826138e5028646f6e2058a1923a367bcd3f499096ad22f7b85be22d2f0bf10");
        assertThat(set.fingerprint()).isEqualTo("849784582fe139af30ccb0828f38b98862071278944960e54123aa5cdb9d3966");
    }

    @Test
    void set_isOfMnistsShape() {
        GlyphDataSet set = new GlyphDataSet(1, 100);

        assertThat(set.shape()).isEqualTo(new SampleShape(1, 28, 28));
        assertThat(set.numClasses()).isEqualTo(10);
        assertThat(set.size()).isEqualTo(100);
        assertThat(set.name()).isEqualTo("glyphs");
    }

    @Test
    void samples_doNotDependOnOrderOrThread() {
        GlyphDataSet forwards = new GlyphDataSet(3, 500);
        GlyphDataSet anyhow = new GlyphDataSet(3, 500);
        IntStream.range(0, 500).parallel().forEach(id -> pixels(anyhow, 499 - id));

        assertThat(LongStream.range(0, 500))
                .allSatisfy(id -> assertThat(pixels(anyhow, id)).isEqualTo(pixels(forwards, id)));
    }

    @Test
    void samples_thatShareACacheSlot_stayApart() {
        GlyphDataSet set = new GlyphDataSet(3, 1 << 20);
        byte[] first = pixels(set, 5);
        byte[] second = pixels(set, 5 + (1 << 16));

        assertThat(second).isNotEqualTo(first);
        assertThat(pixels(set, 5)).isEqualTo(first);
        assertThat(pixels(set, 5 + (1 << 16))).isEqualTo(second);
    }

    @Test
    void samples_ofLargerSet_beginWithThoseOfSmaller() {
        assertThat(pixels(new GlyphDataSet(3, 1L << 40), 7)).isEqualTo(pixels(new GlyphDataSet(3, 8), 7));
    }

    @Test
    void fingerprint_changesWithSeedAndSize() {
        assertThat(new GlyphDataSet(3, 8).fingerprint())
                .matches("[0-9a-f]{64}")
                .isEqualTo(new GlyphDataSet(3, 8).fingerprint())
                .isNotEqualTo(new GlyphDataSet(4, 8).fingerprint())
                .isNotEqualTo(new GlyphDataSet(3, 9).fingerprint());
    }

    @Test
    void labels_areUniform() {
        GlyphDataSet set = new GlyphDataSet(5, 1L << 31);
        int[] counts = new int[10];
        LongStream.range(0, 50_000).forEach(id -> counts[set.label(id)]++);

        // Chi-square, 9 degrees of freedom: 33.7 is exceeded once in 10000 uniform samples; these are fixed.
        assertThat(IntStream.of(counts)
                        .mapToDouble(n -> (n - 5000.0) * (n - 5000.0) / 5000)
                        .sum())
                .isLessThan(33.7);
    }

    @Test
    void everySample_showsInkAndHardlyAnyRunsOffThePaper() {
        GlyphDataSet set = new GlyphDataSet(11, 1L << 31);
        int offThePaper = 0;
        for (long id = 0; id < 5000; id++) {
            byte[] pixels = pixels(set, id);
            assertThat(IntStream.range(0, ELEMENTS).filter(i -> isInk(pixels[i])))
                    .as("inked pixels of sample %d", id)
                    .hasSizeBetween(20, 400);
            boolean touchesRim = IntStream.range(0, ELEMENTS)
                    .filter(i -> i < 28 || i >= ELEMENTS - 28 || i % 28 == 0 || i % 28 == 27)
                    .anyMatch(i -> isInk(pixels[i]));
            offThePaper += touchesRim ? 1 : 0;
        }

        assertThat(offThePaper).isLessThan(50);
    }

    private static boolean isInk(byte pixel) {
        return (pixel & 0xFF) > 96;
    }

    /** A digit must be told from the others, and not by its mean image alone: MNIST's nearest centroid scores 82 %. */
    @Test
    void digits_areLearnableAndNotTrivial() {
        GlyphDataSet set = new GlyphDataSet(2, 1L << 31);
        double[][] centroids = new double[10][ELEMENTS];
        int[] counts = new int[10];
        for (int id = 0; id < 5000; id++) {
            byte[] pixels = pixels(set, id);
            int label = set.label(id);
            counts[label]++;
            for (int i = 0; i < ELEMENTS; i++) {
                centroids[label][i] += pixels[i] & 0xFF;
            }
        }
        long right = LongStream.range(5000, 7000)
                .filter(id -> nearest(centroids, counts, pixels(set, id)) == set.label(id))
                .count();

        assertThat(right / 2000.0).isBetween(0.6, 0.9);
    }

    private static int nearest(double[][] sums, int[] counts, byte[] pixels) {
        int nearest = -1;
        double least = Double.MAX_VALUE;
        for (int label = 0; label < sums.length; label++) {
            double distance = 0;
            for (int i = 0; i < pixels.length; i++) {
                double difference = sums[label][i] / counts[label] - (pixels[i] & 0xFF);
                distance += difference * difference;
            }
            if (distance < least) {
                least = distance;
                nearest = label;
            }
        }
        return nearest;
    }

    @Test
    void sample_outOfRange_isRejected() {
        GlyphDataSet set = new GlyphDataSet(1, 10);

        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> set.label(10))
                .withMessage("sampleId: 10 (expected: 0 to 9, data set glyphs)");
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> set.copyPixels(-1, new byte[ELEMENTS], 0));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> set.copyPixels(0, new byte[ELEMENTS], 1));
    }

    @Test
    void size_ofZero_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GlyphDataSet(1, 0))
                .withMessage("size: 0 (expected: >= 1)");
    }

    private static byte[] pixels(ImageDataSet set, long id) {
        byte[] pixels = new byte[ELEMENTS];
        set.copyPixels(id, pixels, 0);
        return pixels;
    }
}
