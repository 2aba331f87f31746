package io.reflux.quantization.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.ptq.QuantizationConfig;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LayerTimesTest {

    @Test
    void layer_thatIsSlowerInIntegersTwice_isNamed() {
        Map<String, Deque<Double>> floats = Map.of(
                "slow", new ArrayDeque<>(List.of(0.8, 0.9)),
                "once", new ArrayDeque<>(List.of(0.8, 1.1)),
                "noise", new ArrayDeque<>(List.of(0.99)),
                "fast", new ArrayDeque<>(List.of(1.5)));
        List<String> asked = new ArrayList<>();
        LayerTimes times = LayerTimes.measure(List.of("slow", "once", "noise", "fast"), layer -> {
            asked.add(layer);
            return new LayerTime(layer, 1, floats.get(layer).removeFirst());
        });
        assertThat(times.slowerInIntegers()).containsExactly(new LayerTime("slow", 1, 0.9));
        assertThat(asked).containsExactly("slow", "slow", "once", "once", "noise", "fast");
        assertThat(times.integers()).isEqualTo(1);
        assertThat(times.layers().get(3).extraInFloats()).isCloseTo(0.5, within(1e-12));
    }

    /** Whether it is faster depends on the machine; that both networks run, and which layers there are, does not. */
    @Test
    void toggledLayers_ofLenet5_areTimed() {
        ModelGraph graph = Zoo.build(ZooSpec.of(Zoo.LENET_5));
        ToggledLayers toggled = new ToggledLayers(
                graph,
                QuantizationConfig.INT8,
                node -> node.name().equals("fc1") ? LayerBits.FLOAT : new LayerBits(4, 8),
                new CalibrationBatch(Inputs.of(new float[4 * 784]), 4),
                Duration.ofMillis(20));
        assertThat(toggled.layers()).containsExactly("conv1", "conv2", "fc2");
        LayerTimes times = LayerTimes.measure(toggled.layers(), toggled);
        assertThat(times.layers()).extracting(LayerTime::layer).containsExactly("conv1", "conv2", "fc2");
        assertThat(times.layers()).allSatisfy(time -> {
            assertThat(time.integers()).isPositive();
            assertThat(time.floats()).isPositive();
        });
    }

    @Test
    void toggledLayers_ofOneLayer_areTimedAgainstFloats() {
        ModelGraph graph = Zoo.build(ZooSpec.of(Zoo.MLP));
        ToggledLayers toggled = new ToggledLayers(
                graph,
                QuantizationConfig.INT8,
                node -> LayerBits.INT8,
                new CalibrationBatch(Inputs.of(new float[784]), 1),
                Duration.ofMillis(5));
        assertThat(toggled.layers()).hasSize(1);
        assertThat(toggled.time(toggled.layers().get(0)).floats()).isPositive();
    }
}
