package io.reflux.teacher.fidelity;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** On a clock that stands still but for measurements, each of which takes {@link #COST} ns. */
final class FidelitySamplerTest {

    private static final int CLASSES = 4;
    private static final long COST = 1_000_000;
    private static final SoftLabelEncoding TOP_1 = SoftLabelEncoding.of(Encoding.newBuilder()
            .setKind(EncodingKind.ENCODING_KIND_TOP_K)
            .setCount(1)
            .setTemperature(2)
            .build());

    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private final List<RowFidelity> measured = new ArrayList<>();
    private final List<Double> bytes = new ArrayList<>();
    private long now = Long.MAX_VALUE - 5;

    private final FidelitySampler sampler = new FidelitySampler(
            (encoding, fidelity, rowBytes) -> {
                assertThat(encoding).isEqualTo(TOP_1.description());
                measured.add(fidelity);
                bytes.add(rowBytes);
                now += COST;
            },
            () -> now,
            waiting::add);

    private void offer() {
        float[] logits = {9, 9, 9, 9, /* row 0 */ 4, 3, 2, 1, /* row 1 */ 1, 1, 1, 1};
        sampler.offer(TOP_1, logits, 4, 2, CLASSES, 10);
    }

    private void work() {
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    @Test
    void rowsInTurn_areMeasuredAsTheyDecode() {
        offer();
        work();
        now += 1_000_000_000;
        offer();
        work();
        // Row 0 keeps p of one class and spreads the rest; row 1 is even, and so is what comes back.
        assertThat(measured).hasSize(2);
        assertThat(measured.get(0).divergence()).isBetween(0.001, 0.1);
        assertThat(measured.get(0).degrees()).isBetween(1.0, 45.0);
        assertThat(measured.get(1).divergence()).isLessThan(1e-6);
        assertThat(bytes).containsOnly(5.0);
    }

    @Test
    void oneRow_isMeasuredAtATime() {
        offer();
        offer();
        now += 1_000_000_000;
        offer();
        assertThat(waiting).hasSize(1);
    }

    @Test
    void measuring_takesAHundredthOfTheTime_atMost() {
        offer();
        work();
        now += 99 * COST - 1;
        offer();
        assertThat(waiting).isEmpty();
        now += 1;
        offer();
        assertThat(waiting).hasSize(1);
    }

    @Test
    void listenerThatThrows_doesNotEndTheMeasuring() {
        FidelitySampler failing = new FidelitySampler(
                (encoding, fidelity, rowBytes) -> {
                    throw new IllegalStateException("no");
                },
                () -> now,
                waiting::add);
        failing.offer(TOP_1, new float[CLASSES], 0, 1, CLASSES, 5);
        org.assertj.core.api.Assertions.assertThatThrownBy(this::work).hasMessage("no");
        now += 1_000_000_000;
        failing.offer(TOP_1, new float[CLASSES], 0, 1, CLASSES, 5);
        assertThat(waiting).hasSize(1);
    }
}
