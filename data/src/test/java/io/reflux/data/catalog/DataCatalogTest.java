package io.reflux.data.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.reflux.data.DataException;
import io.reflux.data.DataSplits;
import io.reflux.data.SampleIds;
import io.reflux.data.idx.IdxBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataCatalogTest {

    @TempDir
    Path folder;

    @Test
    void open_cifar10WithoutAFile_saysWhichAndWhere() {
        assertFails(new DataSetSpec("cifar10", folder, 0, 0, 1), DataException.Code.MISSING)
                .withMessage(
                        "data set cifar10: no data_batch_1.bin[.gz] in %s (expected: there or in its folder cifar10"
                                + " or cifar-10-batches-bin)",
                        folder);
        assertFails(new DataSetSpec("cifar10", null, 0, 0, 1), DataException.Code.MISSING)
                .withMessage("data set cifar10: no folder given"
                        + " (expected: the folder that holds cifar10/data_batch_1.bin[.gz])");
    }

    @Test
    void open_cifar10InTheFolderOfItsArchive_checksItsLength() throws IOException {
        Path subfolder = Files.createDirectory(folder.resolve("cifar-10-batches-bin"));
        for (int batch = 1; batch <= 5; batch++) {
            Files.write(subfolder.resolve("data_batch_" + batch + ".bin"), new byte[3073]);
        }

        assertFails(new DataSetSpec("cifar10", folder, 0, 0, 1), DataException.Code.CORRUPT)
                .withMessage(
                        "%s: ends after 3073 of 30730000 bytes (expected: 10000 records of 3073 bytes)",
                        subfolder.resolve("data_batch_1.bin"));
    }

    @Test
    void open_unknownName_suggestsTheNearest() {
        assertFails(new DataSetSpec("Mnits", folder, 0, 0, 1), DataException.Code.UNKNOWN)
                .withMessage(
                        "data set: Mnits (expected: one of mnist, cifar10, glyphs, tiny-shakespeare, sst2; did you mean mnist?)");
        assertFails(new DataSetSpec("glyph", folder, 0, 0, 1), DataException.Code.UNKNOWN)
                .withMessage(
                        "data set: glyph (expected: one of mnist, cifar10, glyphs, tiny-shakespeare, sst2; did you mean glyphs?)");
        assertFails(new DataSetSpec("imagenet", folder, 0, 0, 1), DataException.Code.UNKNOWN)
                .withMessage("data set: imagenet (expected: one of mnist, cifar10, glyphs, tiny-shakespeare, sst2)");
    }

    @Test
    void open_mnistWithoutFolder_saysWhatIsNeeded() {
        assertFails(mnist(null, 0, 0), DataException.Code.MISSING)
                .withMessage("data set mnist: no folder given"
                        + " (expected: the folder that holds mnist/train-images-idx3-ubyte[.gz])");
    }

    @Test
    void open_mnistInMissingFolder_saysWhich() {
        Path absent = folder.resolve("absent");

        assertFails(mnist(absent, 0, 0), DataException.Code.MISSING)
                .withMessage("data set mnist: %s: no such folder (expected: to hold mnist/train-images-idx3-ubyte[.gz])"
                        .formatted(absent));
    }

    @Test
    void open_mnistWithoutAFile_saysWhichAndWhere() throws IOException {
        writeMnist(folder, false);
        Files.delete(folder.resolve("t10k-labels-idx1-ubyte"));

        assertFails(mnist(folder, 0, 0), DataException.Code.MISSING)
                .withMessage(
                        "data set mnist: no t10k-labels-idx1-ubyte[.gz] in %s (expected: there or in its folder mnist)"
                                .formatted(folder));
    }

    @Test
    void open_mnistInSubfolderOrItself_compressedOrNot_isTheSame() throws IOException {
        Path subfolder = Files.createDirectory(folder.resolve("mnist"));
        writeMnist(subfolder, true);
        Path plain = Files.createDirectory(folder.resolve("plain"));
        writeMnist(plain, false);

        DataSplits compressed = DataCatalog.open(mnist(folder, 0, 0));

        assertThat(compressed.training().fingerprint())
                .isEqualTo(DataCatalog.open(mnist(plain, 0, 0)).training().fingerprint());
        assertThat(compressed.train()).isEqualTo(SampleIds.range(0, 20));
        assertThat(compressed.validation()).isEqualTo(SampleIds.empty());
        assertThat(compressed.testIds()).isEqualTo(SampleIds.range(0, 5));
    }

    @Test
    void open_mnistHoldingOut_drawsBothFromTheTrainingFile() throws IOException {
        writeMnist(folder, false);

        DataSplits splits = DataCatalog.open(mnist(folder, 0, 4));

        assertThat(splits.train().size()).isEqualTo(16);
        assertThat(splits.validation().size()).isEqualTo(4);
        assertThat(LongStream.concat(splits.train().stream(), splits.validation().stream()))
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(0, 20).boxed().toList());
    }

    @Test
    void open_mnistInPart_isTheSplitOfTheReferenceProgram() throws IOException {
        writeMnist(folder, false);

        DataSplits splits = DataCatalog.open(mnist(folder, 3, 4));

        // From the Python program in docs/views.md.
        assertThat(splits.train()).isEqualTo(SampleIds.of(7, 8, 15));
        assertThat(splits.validation()).isEqualTo(SampleIds.of(3, 13, 18, 19));
        assertThat(DataCatalog.open(mnist(folder, 0, 4)).validation()).isEqualTo(splits.validation());
    }

    @Test
    void open_mnistAskingForMoreThanThereIs_isRejected() throws IOException {
        writeMnist(folder, false);
        String expected = " (expected: at most 20 together, of them >= 1 for training)";

        assertFails(mnist(folder, 17, 4), DataException.Code.UNFIT)
                .withMessage("data set mnist: 17 training and 4 validation samples" + expected);
        assertFails(mnist(folder, 0, 20), DataException.Code.UNFIT)
                .withMessage("data set mnist: 0 training and 20 validation samples" + expected);
        assertFails(mnist(folder, Long.MAX_VALUE, Long.MAX_VALUE), DataException.Code.UNFIT)
                .withMessageStartingWith("data set mnist: 9223372036854775807 training and 9223372036854775807");
    }

    @Test
    void open_glyphs_needsNoFolder() {
        DataSplits splits = DataCatalog.open(new DataSetSpec("glyphs", null, 0, 500, 7));

        assertThat(splits.train()).isEqualTo(SampleIds.range(0, 60_000));
        assertThat(splits.validation()).isEqualTo(SampleIds.range((1L << 31) - 500, 1L << 31));
        assertThat(splits.testIds()).isEqualTo(SampleIds.range(0, 10_000));
        assertThat(splits.test().fingerprint()).isNotEqualTo(splits.training().fingerprint());
    }

    @Property(tries = 20)
    void open_glyphs_isOneSetWhateverItsSplit(
            @ForAll @IntRange(max = 100_000) int train, @ForAll @IntRange(max = 9000) int validation) {
        DataSplits splits = DataCatalog.open(new DataSetSpec("glyphs", null, train, validation, 7));

        assertThat(splits.training().fingerprint())
                .isEqualTo(DataCatalog.open(new DataSetSpec("glyphs", null, 1, 0, 7))
                        .training()
                        .fingerprint());
        assertThat(splits.train().size()).isEqualTo(train == 0 ? 60_000 : train);
        assertThat(splits.validation().size()).isEqualTo(validation);
    }

    @Test
    void open_glyphsBeyondHalfTheSet_isRejected() {
        assertFails(new DataSetSpec("glyphs", null, 1L << 31, 0, 7), DataException.Code.UNFIT)
                .withMessage("data set glyphs: 2147483648 training and 0 validation samples"
                        + " (expected: at most 1073741824 of each)");
    }

    @Test
    void spec_ofNegativeNumbers_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DataSetSpec("glyphs", null, -1, 0, 7))
                .withMessage("trainSamples: -1 (expected: >= 0)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DataSetSpec("glyphs", null, 0, -1, 7))
                .withMessage("validationSamples: -1 (expected: >= 0)");
    }

    private static ThrowableAssertAlternative<DataException> assertFails(DataSetSpec spec, DataException.Code code) {
        return assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> DataCatalog.open(spec))
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }

    private static DataSetSpec mnist(@Nullable Path folder, long train, long validation) {
        return new DataSetSpec("mnist", folder, train, validation, 1);
    }

    private static void writeMnist(Path folder, boolean compress) throws IOException {
        int[] labels = LongStream.range(0, 20).mapToInt(i -> (int) i % 10).toArray();
        write(folder, "train-images-idx3-ubyte", IdxBytes.images(20, 4, 4), compress);
        write(folder, "train-labels-idx1-ubyte", IdxBytes.labels(labels), compress);
        write(folder, "t10k-images-idx3-ubyte", IdxBytes.images(5, 4, 4), compress);
        write(folder, "t10k-labels-idx1-ubyte", IdxBytes.labels(1, 2, 3, 4, 5), compress);
    }

    private static void write(Path folder, String name, byte[] content, boolean compress) throws IOException {
        Files.write(folder.resolve(compress ? name + ".gz" : name), compress ? IdxBytes.gzip(content) : content);
    }
}
