package io.reflux.quantization.latency;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.OnnxRuntimeModel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class LatencyTest {

    /** The clock is read at the start, at the begin and the end of each call, and after each turn. */
    @Test
    void medians_ofTwoModels_areTheirsInTurns() {
        ModelGraph graph = ModelGraph.builder("relu")
                .input("x", ElementType.FLOAT, -1, 2)
                .output("y", ElementType.FLOAT, -1, 2)
                .node("Relu", "relu", List.of("x"), List.of("y"))
                .build();
        long[] steps = {1, 1, 0, 3, 0};
        AtomicInteger reads = new AtomicInteger();
        long[] now = {0};
        try (OnnxRuntimeModel a = OnnxRuntimeModel.open(graph, 1);
                OnnxRuntimeModel b = OnnxRuntimeModel.open(graph, 1)) {
            List<Double> medians =
                    Latency.medians(List.of(a, b), Inputs.of(new float[] {1, 2}), 1, Duration.ofMillis(20), () -> {
                        int read = reads.getAndIncrement();
                        now[0] += read == 0 ? 0 : steps[(read + 4) % 5] * 1_000_000;
                        return now[0];
                    });
            assertThat(medians).containsExactly(1.0, 3.0);
        }
    }
}
