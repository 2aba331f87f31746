package io.reflux.quantization.qparams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.GraphTensor;
import org.junit.jupiter.api.Test;

final class GranularityTest {

    private static final long[] SHAPE = {2, 3, 2};

    @Test
    void perTensor_anyShape_hasOneScale() {
        assertThat(Granularity.PER_TENSOR.scales(SHAPE)).isEmpty();
        assertThat(Granularity.PER_TENSOR.places(SHAPE)).hasSize(12).containsOnly(0);
    }

    @Test
    void perAxis_ofTheMiddle_repeatsForEachOuterIndex() {
        Granularity middle = new Granularity.PerAxis(1);
        assertThat(middle.scales(SHAPE)).containsExactly(3);
        assertThat(middle.places(SHAPE)).containsExactly(0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2);
    }

    /** Groups of two along an axis of three: the second group of each row holds one element. */
    @Test
    void perGroup_ofTheMiddle_leavesAShortLastGroup() {
        Granularity groups = new Granularity.PerGroup(1, 2);
        assertThat(groups.scales(SHAPE)).containsExactly(2, 2, 2);
        assertThat(groups.places(SHAPE)).containsExactly(0, 1, 0, 1, 2, 3, 4, 5, 4, 5, 6, 7);
    }

    @Test
    void quantizedTensor_perAxis_coversEachChannelByItself() {
        GraphTensor tensor = GraphTensor.of("w", new long[] {2, 2}, new float[] {1, -0.5f, 100, 50});
        QuantizedTensor quantized = QuantizedTensor.of(tensor, new Granularity.PerAxis(0), Scheme.symmetric(8));
        // Scales 1 / 127 and 100 / 127; −63.5 and 63.5 round to even.
        assertThat(quantized.codes()).containsExactly(127, -64, 127, 64);
        assertThat(quantized.values()[2]).isEqualTo(100);
    }

    @Test
    void axis_notThere_isRefused() {
        assertThatThrownBy(() -> new Granularity.PerAxis(3).scales(SHAPE))
                .hasMessage("axis: 3 (expected: an axis of shape [2, 3, 2])");
        assertThatThrownBy(() -> new Granularity.PerGroup(0, 0)).hasMessage("groupSize: 0 (expected: >= 1)");
    }
}
