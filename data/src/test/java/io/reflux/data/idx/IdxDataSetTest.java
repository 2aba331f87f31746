package io.reflux.data.idx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.reflux.data.DataException;
import io.reflux.data.SampleShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IdxDataSetTest {

    private static final byte[] IMAGES = IdxBytes.images(3, 2, 4);
    private static final byte[] LABELS = IdxBytes.labels(2, 0, 9);

    @TempDir
    Path folder;

    @Test
    void read_plainFiles_givesTheirSamples() throws IOException {
        IdxDataSet set = read(IMAGES, LABELS);
        byte[] pixels = new byte[10];

        set.copyPixels(2, pixels, 1);

        assertThat(set.name()).isEqualTo("tiny");
        assertThat(set.shape()).isEqualTo(new SampleShape(1, 2, 4));
        assertThat(set.size()).isEqualTo(3);
        assertThat(set.numClasses()).isEqualTo(10);
        assertThat(new int[] {set.label(0), set.label(1), set.label(2)}).containsExactly(2, 0, 9);
        assertThat(pixels).containsExactly(0, 16, 17, 18, 19, 20, 21, 22, 23, 0);
    }

    @Test
    void read_compressedFiles_givesTheSameSet() throws IOException {
        assertThat(read(IdxBytes.gzip(IMAGES), IdxBytes.gzip(LABELS)).fingerprint())
                .isEqualTo(read(IMAGES, LABELS).fingerprint())
                .isNotEqualTo(read(IMAGES, IdxBytes.labels(2, 0, 8)).fingerprint())
                .isNotEqualTo(read(IdxBytes.images(3, 4, 2), LABELS).fingerprint());
    }

    @Test
    void sample_outOfRange_isRejected() throws IOException {
        IdxDataSet set = read(IMAGES, LABELS);

        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> set.label(3))
                .withMessage("sampleId: 3 (expected: 0 to 2, data set tiny)");
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> set.copyPixels(1L << 32, new byte[8], 0));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> set.copyPixels(0, new byte[8], 1));
    }

    @Test
    void read_missingFile_saysWhich() {
        Path absent = folder.resolve("absent");

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> IdxDataSet.read(absent, absent, "tiny", 10))
                .withMessage(absent + ": no such file (expected: an IDX file)")
                .satisfies(e -> assertThat(e.code()).isEqualTo(DataException.Code.MISSING));
    }

    @Test
    void read_folder_saysThatItIsNoFile() {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> IdxDataSet.read(folder, folder, "tiny", 10))
                .withMessage(folder + ": not a regular file (expected: an IDX file)");
    }

    @Test
    void images_withLabelsMagic_areRejected() {
        assertImagesCorrupt(LABELS, "magic number 0x00000801 (expected: 0x00000803, IDX images of unsigned bytes)");
    }

    @Test
    void labels_withImagesMagic_areRejected() {
        assertLabelsCorrupt(IMAGES, "magic number 0x00000803 (expected: 0x00000801, IDX labels of unsigned bytes)");
    }

    @Test
    void images_ofNothing_areRejected() {
        assertImagesCorrupt(new byte[0], "ends within the magic number (expected: an IDX header)");
    }

    @Test
    void images_truncatedInTheHeader_areRejected() {
        assertImagesCorrupt(Arrays.copyOf(IMAGES, 14), "ends within the number of columns (expected: an IDX header)");
    }

    @Test
    void images_truncatedInTheBody_areRejected() {
        assertImagesCorrupt(
                Arrays.copyOf(IMAGES, IMAGES.length - 1),
                "3 images of 2 x 4 pixels in the header, 24 bytes (expected: at most 23, the file being as long as it is)");
    }

    @Test
    void images_truncatedBeforeCompression_areRejected() {
        assertImagesCorrupt(
                IdxBytes.gzip(Arrays.copyOf(IMAGES, IMAGES.length - 5)),
                "ends after 19 of 24 bytes (expected: 3 images of 2 x 4 pixels)");
    }

    @Test
    void images_truncatedAfterCompression_areRejected() {
        byte[] whole = IdxBytes.gzip(IMAGES);

        assertImagesCorrupt(
                Arrays.copyOf(whole, whole.length - 12),
                "damaged gzip data, Unexpected end of ZLIB input stream (expected: a whole gzip file)");
    }

    @Test
    void images_damagedAfterCompression_areRejected() {
        byte[] damaged = IdxBytes.gzip(IMAGES);
        damaged[damaged.length - 6] ^= 0x55;

        assertImagesCorrupt(damaged, "damaged gzip data, Corrupt GZIP trailer (expected: a whole gzip file)");
    }

    @Test
    void images_withTrailingBytes_areRejected() {
        assertImagesCorrupt(
                Arrays.copyOf(IMAGES, IMAGES.length + 1),
                "goes on after 24 bytes (expected: 3 images of 2 x 4 pixels and no more)");
    }

    @Test
    void images_withoutRows_areRejected() {
        assertImagesCorrupt(IdxBytes.of(new byte[0], 0x803, 3, 0, 4), "number of rows 0 (expected: 1 to 8192)");
    }

    @Test
    void images_ofHostileCount_areRejectedBeforeAllocation() {
        assertImagesCorrupt(
                IdxBytes.of(new byte[24], 0x803, 0x80000000, 28, 28),
                "number of images 2147483648 (expected: 1 to 2147483647)");
        assertImagesCorrupt(
                IdxBytes.of(new byte[24], 0x803, 0x7FFFFFFF, 8192, 8192),
                "2147483647 images of 8192 x 8192 pixels in the header, 144115188008747008 bytes"
                        + " (expected: at most 24, the file being as long as it is)");
        assertImagesCorrupt(
                IdxBytes.of(new byte[24], 0x803, 1, 0xFFFFFFFF, 1), "number of rows 4294967295 (expected: 1 to 8192)");
    }

    @Test
    void images_ofHostileCountInGzip_areRejectedBeforeAllocation() {
        byte[] bomb = IdxBytes.gzip(IdxBytes.of(new byte[0], 0x803, 0x7FFFFFFF, 1, 1));

        // Not even all zeros could grow by more than 1032 to 1.
        assertImagesCorrupt(
                bomb,
                "2147483647 images of 1 x 1 pixels in the header, 2147483647 bytes (expected: at most %d, the file being as long as it is)"
                        .formatted(bomb.length * 1032 - 16));
    }

    @Test
    void labels_ofHostileCount_areRejectedBeforeAllocation() {
        assertLabelsCorrupt(
                IdxBytes.of(new byte[3], 0x801, 0x7FFFFFFF),
                "2147483647 labels in the header, 2147483647 bytes (expected: at most 3, the file being as long as it is)");
    }

    @Test
    void labels_outOfRange_areRejected() {
        assertLabelsCorrupt(IdxBytes.labels(1, 2, 10), "label 10 of sample 2 (expected: 0 to 9)");
        assertLabelsCorrupt(IdxBytes.labels(255, 2, 1), "label 255 of sample 0 (expected: 0 to 9)");
    }

    @Test
    void labels_fewerThanImages_areRejected() {
        assertLabelsCorrupt(IdxBytes.labels(1, 2), "2 labels (expected: 3, one per image in images)");
    }

    @Test
    void numClasses_ofOne_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IdxDataSet.read(folder, folder, "tiny", 1))
                .withMessage("numClasses: 1 (expected: 2 to 256)");
    }

    private void assertImagesCorrupt(byte[] images, String problem) {
        assertCorrupt(images, LABELS, folder.resolve("images") + ": " + problem);
    }

    private void assertLabelsCorrupt(byte[] labels, String problem) {
        assertCorrupt(IMAGES, labels, folder.resolve("labels") + ": " + problem);
    }

    private void assertCorrupt(byte[] images, byte[] labels, String message) {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> read(images, labels))
                .withMessage(message)
                .satisfies(e -> assertThat(e.code()).isEqualTo(DataException.Code.CORRUPT));
    }

    private IdxDataSet read(byte[] images, byte[] labels) throws IOException {
        Path imageFile = Files.write(folder.resolve("images"), images);
        Path labelFile = Files.write(folder.resolve("labels"), labels);
        return IdxDataSet.read(imageFile, labelFile, "tiny", 10);
    }
}
