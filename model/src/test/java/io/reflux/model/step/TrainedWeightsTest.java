package io.reflux.model.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.ModelGraph;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TrainedWeightsTest {
    private final StepFixture fixture = new StepFixture();
    private final ModelGraph graph = fixture.reference.graph();

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.9})
    void of_aState_areThoseThatTheStepExports(double emaDecay) {
        StepOptions options =
                StepOptions.DEFAULT.withEmaDecay(emaDecay).withAccumulate(2).withFreeze(List.of("bias1"));
        try (TrainStep step = fixture.compile(new Sgd(0.9, true, 0.01), options)) {
            for (int i = 0; i < 5; i++) {
                fixture.run(step, 0.1, i);
            }
            ModelGraph weights = TrainedWeights.of(graph, step.state(), options, name -> false);

            assertThat(weights.toByteArray()).isEqualTo(step.export().toByteArray());
            assertThat(weights.toByteArray()).isNotEqualTo(graph.toByteArray());
        }
    }

    @Test
    void of_aStateOfOtherOptions_isRefused() {
        TrainState plain = state(StepOptions.DEFAULT);
        StepOptions averaging = StepOptions.DEFAULT.withEmaDecay(0.9);
        StepOptions freezing = StepOptions.DEFAULT.withFreeze(List.of("bias*"));

        assertRefused(plain, averaging, "state: average/ [] (expected: [");
        assertRefused(state(averaging), StepOptions.DEFAULT, "state: average/ [");
        assertRefused(plain, freezing, "state: parameter/ [");
        assertRefused(state(freezing), StepOptions.DEFAULT, "state: parameter/ [");
    }

    @Test
    void of_aStateWithWhatTrainedAlong_leavesItOutWhereToldTo() {
        TrainState plain = state(StepOptions.DEFAULT);
        TrainState along = with(plain, "parameter/other", new float[3]);

        assertRefused(along, StepOptions.DEFAULT, "state: parameter/ [");
        assertThat(TrainedWeights.of(graph, along, StepOptions.DEFAULT, "other"::equals)
                        .toByteArray())
                .isEqualTo(graph.toByteArray());
    }

    @Test
    void of_aStateOfAnotherSize_isRefused() {
        assertRefused(
                with(state(StepOptions.DEFAULT), "parameter/bias1", new float[2]),
                StepOptions.DEFAULT,
                "state of bias1: 2 (expected: 3 elements)");
    }

    private void assertRefused(TrainState state, StepOptions options, String message) {
        assertThatThrownBy(() -> TrainedWeights.of(graph, state, options, name -> false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    private TrainState state(StepOptions options) {
        try (TrainStep step = fixture.compile(new Sgd(0, false, 0), options)) {
            return step.state();
        }
    }

    private static TrainState with(TrainState state, String name, float[] values) {
        Map<String, float[]> tensors = new HashMap<>(state.tensors());
        tensors.put(name, values);
        return new TrainState(tensors, state.updates(), state.pendingBatches(), state.pendingPositions());
    }
}
