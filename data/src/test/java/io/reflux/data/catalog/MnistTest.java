package io.reflux.data.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.data.DataSplits;
import io.reflux.data.ImageDataSet;
import io.reflux.data.SampleIds;
import io.reflux.data.StandardData;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The published files; needs {@code -Dreflux.data.dir}. */
final class MnistTest {

    @Test
    void mnist_holdsThePublishedSamples() {
        DataSplits splits = DataCatalog.open(new DataSetSpec("mnist", StandardData.folder(), 0, 0, 1));

        assertThat(splits.train().size()).isEqualTo(60_000);
        assertThat(splits.testIds().size()).isEqualTo(10_000);
        assertThat(labels(splits.training().images())).startsWith(5, 0, 4, 1, 9, 2, 1, 3, 1, 4);
        assertThat(labels(splits.test().images())).startsWith(7, 2, 1, 0, 4, 1, 4, 9, 5, 9);
        // Mean of the training pixels: 33.3184, the well-known 0.1307 of 255.
        assertThat(Math.round(meanPixel(splits.training().images()) / 255 * 10_000))
                .isEqualTo(1307);
    }

    @Test
    void mnist_withoutThrees_lacksThoseOfHintonEtAl() {
        DataSplits splits = DataCatalog.open(new DataSetSpec("mnist", StandardData.folder(), 0, 0, 1));

        SampleIds without = splits.train().excludingClasses(splits.training().images(), Set.of(3));

        // 6131 threes among the training images, by the published class counts.
        assertThat(without.size()).isEqualTo(60_000 - 6131);
        assertThat(without.stream().limit(1000))
                .allMatch(id -> splits.training().images().label(id) != 3);
    }

    private static int[] labels(ImageDataSet set) {
        return LongStream.range(0, 10).mapToInt(set::label).toArray();
    }

    private static double meanPixel(ImageDataSet set) {
        byte[] pixels = new byte[set.shape().elements()];
        long sum = 0;
        for (long id = 0; id < set.size(); id++) {
            set.copyPixels(id, pixels, 0);
            for (byte pixel : pixels) {
                sum += pixel & 0xFF;
            }
        }
        return sum / (double) set.size() / pixels.length;
    }
}
