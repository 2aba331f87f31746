package io.reflux.quantization.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.Inputs;
import io.reflux.model.runtime.OnnxRuntimeModel;
import io.reflux.quantization.calibration.CalibrationBatch;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FidelityTest {

    /** y = x + shift, for three classes. */
    private static OnnxRuntimeModel shifted(float... shift) {
        return OnnxRuntimeModel.open(
                ModelGraph.builder("shift")
                        .input("x", ElementType.FLOAT, -1, 3)
                        .output("y", ElementType.FLOAT, -1, 3)
                        .initializer(GraphTensor.of("shift", new long[] {3}, shift))
                        .node("Add", "add", List.of("x", "shift"), List.of("y"))
                        .build(),
                1);
    }

    /** Of the rows (0, 1, 0), (3, 0, 0) and (0, 1.25, 1) the shift turns the last one's answer. */
    @Test
    void between_models_countsRowsAndMeasuresLogits() {
        List<CalibrationBatch> batches = List.of(
                new CalibrationBatch(Inputs.of(new float[] {0, 1, 0, 3, 0, 0}), 2),
                new CalibrationBatch(Inputs.of(new float[] {0, 1.25f, 1}), 1));
        try (OnnxRuntimeModel a = shifted(0, 0, 0);
                OnnxRuntimeModel b = shifted(0, 0, 0.75f)) {
            assertThat(Fidelity.between(a, b, batches)).isEqualTo(new Fidelity(3, 0.75, 0.25, 2.0 / 3));
            assertThatThrownBy(() -> Fidelity.between(a, b, List.of()))
                    .hasMessage("fidelity: 0 samples (expected: at least 1)");
        }
    }

    @Test
    void between_modelsWithoutNumbers_isRefused() {
        List<CalibrationBatch> batches = List.of(new CalibrationBatch(Inputs.of(new float[] {0, 1, 0}), 1));
        try (OnnxRuntimeModel a = shifted(0, 0, 0);
                OnnxRuntimeModel b = shifted(0, Float.NaN, 0)) {
            assertThatThrownBy(() -> Fidelity.between(b, b, batches))
                    .hasMessage("logits of the first model: NaN (expected: finite)");
            assertThatThrownBy(() -> Fidelity.between(a, b, batches))
                    .hasMessageStartingWith("logits of the second model: NaN");
        }
    }

    @Test
    void requireAgreement_belowTheLeast_isRefused() {
        Fidelity fidelity = new Fidelity(1000, 1, 0.1, 0.998);
        assertThatThrownBy(() -> fidelity.requireAgreement(0.999, "a.onnx"))
                .hasMessage("a.onnx: agreement of the reloaded file with the training graph: 99.800 % (expected: >="
                        + " 99.900 %)");
        assertThatCode(() -> fidelity.requireAgreement(0.998, "a.onnx")).doesNotThrowAnyException();
    }
}
