package io.reflux.quantization.latency;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.runtime.InferenceModel;
import io.reflux.model.runtime.Inputs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class LatencyTest {

    private static final long COLD_MILLIS = 50;

    /** A model whose calls take their time on a clock, and more where another one was called before. */
    private record Timed(long millis, AtomicLong clock, List<Object> called) implements InferenceModel {

        @Override
        public List<Long> sampleShape() {
            return List.of(1L);
        }

        @Override
        public int numClasses() {
            return 1;
        }

        @Override
        public String digest() {
            return "";
        }

        @Override
        public Map<String, String> metadata() {
            return Map.of();
        }

        @Override
        public float[] logits(Inputs batch, int count) {
            boolean warm = !called.isEmpty() && called.get(called.size() - 1).equals(millis);
            clock.addAndGet((warm ? millis : COLD_MILLIS) * 1_000_000);
            called.add(millis);
            return new float[count];
        }

        @Override
        public void close() {}
    }

    @Test
    void medians_ofTwoModels_areThoseOfWarmCallsInTurns() {
        AtomicLong clock = new AtomicLong();
        List<Object> called = new ArrayList<>();
        List<Double> medians = Latency.medians(
                List.of(new Timed(1, clock, called), new Timed(3, clock, called)),
                Inputs.of(new float[] {1}),
                1,
                Duration.ofSeconds(1),
                clock::get);

        assertThat(medians).containsExactly(1.0, 3.0);
        long changes = 0;
        for (int i = 1; i < called.size(); i++) {
            changes += called.get(i).equals(called.get(i - 1)) ? 0 : 1;
        }
        assertThat(changes).isGreaterThan(10);
    }
}
