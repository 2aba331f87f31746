package io.reflux.data.cifar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.reflux.data.DataException;
import io.reflux.data.SampleShape;
import io.reflux.data.idx.IdxBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CifarDataSetTest {

    private static final int RECORD_BYTES = 3073;

    @TempDir
    Path folder;

    @Test
    void read_twoFiles_countsIdsThroughBoth() throws IOException {
        CifarDataSet set = CifarDataSet.read(List.of(write("a", records(3, 1)), write("b", records(9, 0))), "tiny", 2);
        byte[] pixels = new byte[3072 + 2];

        set.copyPixels(3, pixels, 1);

        assertThat(set.size()).isEqualTo(4);
        assertThat(set.shape()).isEqualTo(new SampleShape(3, 32, 32));
        assertThat(set.numClasses()).isEqualTo(10);
        assertThat(new int[] {set.label(0), set.label(1), set.label(2), set.label(3)})
                .containsExactly(3, 1, 9, 0);
        assertThat(Arrays.copyOfRange(pixels, 1, 3073)).isEqualTo(Arrays.copyOfRange(records(9, 0), 3074, 6146));
        assertThat(pixels[0]).isZero();
        assertThat(pixels[3073]).isZero();
    }

    @Test
    void read_compressedFile_givesTheSameSet() throws IOException {
        byte[] content = records(3, 1);

        assertThat(read(IdxBytes.gzip(content)).fingerprint())
                .isEqualTo(read(content).fingerprint())
                .isNotEqualTo(read(records(3, 2)).fingerprint());
    }

    @Test
    void sample_outOfRange_isRejected() throws IOException {
        CifarDataSet set = read(records(3, 1));

        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> set.label(2))
                .withMessage("sampleId: 2 (expected: 0 to 1, data set tiny)");
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> set.copyPixels(0, new byte[3072], 1));
    }

    @Test
    void read_missingFile_saysWhich() {
        Path absent = folder.resolve("absent.bin");

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> CifarDataSet.read(List.of(absent), "tiny"))
                .withMessage(absent + ": no such file (expected: a CIFAR binary file)")
                .satisfies(e -> assertThat(e.code()).isEqualTo(DataException.Code.MISSING));
    }

    @Test
    void read_noFiles_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CifarDataSet.read(List.of(), "tiny"))
                .withMessage("files: none (expected: at least one)");
    }

    @Test
    void records_truncated_areRejected() {
        assertCorrupt(
                Arrays.copyOf(records(3, 1), 2 * RECORD_BYTES - 1),
                "ends after 6145 of 6146 bytes (expected: 2 records of 3073 bytes)");
        assertCorrupt(new byte[0], "ends after 0 of 6146 bytes (expected: 2 records of 3073 bytes)");
    }

    @Test
    void records_truncatedInsideGzip_areRejected() {
        byte[] whole = IdxBytes.gzip(records(3, 1));

        assertCorrupt(IdxBytes.gzip(records(3)), "ends after 3073 of 6146 bytes (expected: 2 records of 3073 bytes)");
        assertCorrupt(
                Arrays.copyOf(whole, whole.length - 9),
                "damaged gzip data, Unexpected end of ZLIB input stream (expected: a whole gzip file)");
    }

    @Test
    void records_moreThanExpected_areRejected() {
        assertCorrupt(records(3, 1, 2), "goes on after 6146 bytes (expected: 2 records of 3073 bytes and no more)");
        assertCorrupt(
                Arrays.copyOf(records(3, 1), 2 * RECORD_BYTES + 1),
                "goes on after 6146 bytes (expected: 2 records of 3073 bytes and no more)");
    }

    @Test
    void labels_outOfRange_areRejected() {
        assertCorrupt(records(3, 10), "label 10 of record 1 (expected: 0 to 9)");
        assertCorrupt(records(255, 1), "label 255 of record 0 (expected: 0 to 9)");
    }

    /** Records of these labels, with pixels that differ from place to place. */
    private static byte[] records(int... labels) {
        byte[] content = new byte[labels.length * RECORD_BYTES];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i % 251);
        }
        for (int record = 0; record < labels.length; record++) {
            content[record * RECORD_BYTES] = (byte) labels[record];
        }
        return content;
    }

    private void assertCorrupt(byte[] content, String problem) {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> read(content))
                .withMessage(folder.resolve("file") + ": " + problem)
                .satisfies(e -> assertThat(e.code()).isEqualTo(DataException.Code.CORRUPT));
    }

    private CifarDataSet read(byte[] content) throws IOException {
        return CifarDataSet.read(List.of(write("file", content)), "tiny", 2);
    }

    private Path write(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }
}
