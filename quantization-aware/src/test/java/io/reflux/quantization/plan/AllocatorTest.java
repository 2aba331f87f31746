package io.reflux.quantization.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.graph.ModelException;
import io.reflux.quantization.placement.LayerBits;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AllocatorTest {

    private static final LayerBits W2 = new LayerBits(2, 8);
    private static final LayerBits W4 = new LayerBits(4, 8);
    private static final LayerBits W8 = new LayerBits(8, 8);

    /** Two layers of equal size: the first loses much with few bits, the second little. */
    private static final NetworkProfile NETWORK = new NetworkProfile(
            "network",
            "model",
            "onnxruntime-cpu",
            "kl",
            10,
            9000,
            500,
            1.0,
            List.of(layer("first", 10, 0.3), layer("second", 0.1, -0.2)));

    private static LayerProfile layer(String name, double loss, double floatMilliseconds) {
        return new LayerProfile(
                name,
                List.of(),
                1000,
                List.of(
                        new LayerOption(W2, loss, 250, 0.0),
                        new LayerOption(W4, loss / 10, 500, 0.0),
                        new LayerOption(W8, loss / 100, 1000, 0.0),
                        new LayerOption(LayerBits.FLOAT, 0, 4000, floatMilliseconds)));
    }

    @Test
    void bytes_aroundTheBudget_goToTheLayerThatNeedsThem() {
        BitPlan plan = Allocator.allocate(NETWORK, new Budget.Bytes(1750));
        assertThat(plan.bits()).containsExactly(Map.entry("first", W8), Map.entry("second", W2));
        assertThat(plan.averageBits()).isCloseTo(5, within(1e-12));
    }

    @Test
    void averageBits_ofFive_countWeightsAlone() {
        BitPlan plan = Allocator.allocate(NETWORK, new Budget.AverageBits(5));
        assertThat(plan.bits()).containsExactly(Map.entry("first", W8), Map.entry("second", W2));
    }

    /** All in integers takes 1 ms; the second is faster in floats, which pays for some of the first's. */
    @Test
    void milliseconds_aroundTheBudget_leaveInFloatsWhatFits() {
        assertThat(Allocator.allocate(NETWORK, new Budget.Milliseconds(1.05)).bits())
                .containsEntry("first", W8)
                .containsEntry("second", LayerBits.FLOAT);
        assertThat(Allocator.allocate(NETWORK, new Budget.Milliseconds(1.1)).bits())
                .containsEntry("first", LayerBits.FLOAT);
    }

    @Test
    void options_thatAreNotAllowed_areNotChosen() {
        BitPlan plan = Allocator.allocate(
                NETWORK, new Budget.Bytes(9000), option -> !option.bits().isFloat());
        assertThat(plan.bits().values()).containsOnly(W8);
    }

    @Test
    void budget_thatNothingKeeps_saysTheLeast() {
        assertThatThrownBy(() -> Allocator.allocate(NETWORK, new Budget.Bytes(800)))
                .isInstanceOf(ModelException.class)
                .hasMessage("budget: 800 bytes (expected: at least 1000 bytes, the least that the layers allow)");
        assertThatThrownBy(() -> Allocator.allocate(NETWORK, new Budget.AverageBits(1)))
                .hasMessageContaining("at least 2.000 bits on average");
        assertThatThrownBy(() -> Allocator.allocate(NETWORK, new Budget.Milliseconds(0.5)))
                .hasMessageContaining("at least 0.8000 ms");
        assertThatThrownBy(() -> new Budget.Bytes(0)).hasMessage("bytes: 0 (expected: > 0)");
    }

    @Test
    void layers_thatShareAWeight_getTheSameBits() {
        NetworkProfile tied = new NetworkProfile(
                "network",
                "model",
                "onnxruntime-cpu",
                "kl",
                10,
                9000,
                500,
                null,
                List.of(new LayerProfile("a", List.of("b"), 10, List.of(new LayerOption(W4, 1, 5, null)))));
        BitPlan plan = Allocator.allocate(tied, new Budget.Bytes(600));
        GraphNode b = new GraphNode("b", "MatMul", "", List.of(), List.of(), Attributes.NONE);
        assertThat(plan.choice().apply(b)).isEqualTo(W4);
        assertThatThrownBy(() -> Allocator.allocate(tied, new Budget.Milliseconds(1)))
                .hasMessage("layer a: no time measured (expected: one, for a budget of time)");
    }
}
