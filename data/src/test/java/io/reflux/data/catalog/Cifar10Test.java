package io.reflux.data.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reflux.data.DataSplits;
import io.reflux.data.ImageDataSet;
import io.reflux.data.StandardData;
import io.reflux.data.view.PixelScaling;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The published files; needs {@code -Dreflux.data.dir}. */
final class Cifar10Test {

    @Test
    void cifar10_holdsThePublishedSamples() {
        DataSplits splits = DataCatalog.open(new DataSetSpec("cifar10", StandardData.folder(), 0, 0, 1));

        assertThat(splits.train().size()).isEqualTo(50_000);
        assertThat(splits.testIds().size()).isEqualTo(10_000);
        // frog, truck, truck, deer, car; and cat, ship, ship, plane, frog.
        assertThat(labels(splits.training().images())).containsExactly(6, 9, 9, 4, 1);
        assertThat(labels(splits.test().images())).containsExactly(3, 8, 8, 0, 6);
        long[] counts = new long[10];
        LongStream.range(0, 50_000)
                .forEach(id -> counts[splits.training().images().label(id)]++);
        assertThat(counts).containsOnly(5000);
        assertScalingIsMeasured(splits.training().images(), DataCatalog.scaling("cifar10"));
    }

    private static void assertScalingIsMeasured(ImageDataSet set, PixelScaling scaling) {
        int plane = set.shape().height() * set.shape().width();
        byte[] pixels = new byte[set.shape().elements()];
        long[] sums = new long[3];
        long[] squares = new long[3];
        for (long id = 0; id < set.size(); id++) {
            set.copyPixels(id, pixels, 0);
            for (int i = 0; i < pixels.length; i++) {
                int pixel = pixels[i] & 0xFF;
                sums[i / plane] += pixel;
                squares[i / plane] += (long) pixel * pixel;
            }
        }
        double count = (double) set.size() * plane;
        for (int c = 0; c < 3; c++) {
            double mean = sums[c] / count;
            double deviation = Math.sqrt(squares[c] / count - mean * mean);
            // Four digits are given.
            assertThat(mean / 255).isCloseTo(scaling.mean().get(c), within(5.1e-5));
            assertThat(deviation / 255).isCloseTo(scaling.std().get(c), within(5.1e-5));
        }
    }

    private static int[] labels(ImageDataSet set) {
        return LongStream.range(0, 5).mapToInt(set::label).toArray();
    }
}
