package io.reflux.model.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import org.junit.jupiter.api.Test;

final class FreshWeightsTest {

    private static final ModelGraph TRAINED = Zoo.build(ZooSpec.of("resnet-8"));

    @Test
    void draw_anotherSeed_changesTheWeightsAndNothingElse() {
        ModelGraph fresh = FreshWeights.draw(TRAINED, Initialization.HE_NORMAL, 7);

        assertThat(fresh.initializers().keySet())
                .isEqualTo(TRAINED.initializers().keySet());
        TRAINED.initializers().forEach((name, tensor) -> {
            GraphTensor drawn = fresh.initializers().get(name);
            assertThat(drawn.shape()).isEqualTo(tensor.shape());
            if (tensor.shape().length >= 2 && tensor.type().isFloatingPoint()) {
                assertThat(drawn.floats()).as(name).isNotEqualTo(tensor.floats());
            } else {
                // The zoo's own graph is fresh too: scales and variances of 1, biases and means of 0.
                assertThat(drawn).as(name).isEqualTo(tensor);
            }
        });
    }

    @Test
    void draw_sameSeed_isTheSameBits() {
        assertThat(FreshWeights.draw(TRAINED, Initialization.HE_NORMAL, 7).toByteArray())
                .isEqualTo(
                        FreshWeights.draw(TRAINED, Initialization.HE_NORMAL, 7).toByteArray());
    }

    /** He: the variance is 2 / fanIn, 576 = 64 · 3 · 3 for the widest kernel; 36,864 numbers estimate it within 5 %. */
    @Test
    void draw_kernel_hasTheVarianceOfItsFanIn() {
        ModelGraph fresh = FreshWeights.draw(TRAINED, Initialization.HE_NORMAL, 7);
        GraphTensor widest = fresh.initializers().values().stream()
                .filter(tensor -> tensor.shape().length == 4 && tensor.size() == 64 * 64 * 9)
                .findFirst()
                .orElseThrow();
        double sum = 0;
        for (float weight : widest.floats()) {
            sum += weight * weight;
        }
        assertThat(sum / widest.size()).isCloseTo(2.0 / 576, within(0.05 * 2 / 576));
    }
}
