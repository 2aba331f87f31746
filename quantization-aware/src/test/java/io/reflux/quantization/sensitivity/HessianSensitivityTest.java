package io.reflux.quantization.sensitivity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import io.reflux.model.runtime.Inputs;
import io.reflux.quantization.calibration.CalibrationBatch;
import io.reflux.quantization.placement.LayerBits;
import io.reflux.quantization.ptq.QuantizedGraph;
import io.reflux.quantization.target.Target;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HessianSensitivityTest {

    private static final List<String> LAYER = List.of("layer");

    /** Logits of x = (2, 0): equal, so that p = ½. */
    private static final ModelGraph GRAPH = ModelGraph.builder("linear")
            .input("x", ElementType.FLOAT, -1, 2)
            .initializer(GraphTensor.of("w", new long[] {2, 2}, new float[] {1, 1, 7, 7}))
            .node("MatMul", "layer", List.of("x", "w"), List.of("logits"))
            .output("logits", ElementType.FLOAT, -1, 2)
            .build();

    private static HessianSensitivity hessian(int batches) {
        CalibrationBatch batch = new CalibrationBatch(Inputs.of(new float[] {2, 0}), 1);
        return HessianSensitivity.of(GRAPH, Target.ONNXRUNTIME_CPU, Collections.nCopies(batches, batch), 5, done -> {});
    }

    /**
     * By hand: the trace is ‖x‖² · Σ p(1 − p) = 4 · ½ = 2, of 4 elements ½ each. In 3 bits integers go to 3; the scale of least
     * squared error of a column (1, 7) is at most 7/3, which makes 1 either 0 or 7/3: whatever it is, the same error must count
     * for both columns, and in 8 bits, scale 7/127, 1 is 18 · 7/127 = 0.99213: error² 6.2e-5 each.
     */
    @Test
    void omega_ofALinearModel_isMeanTraceTimesSquaredError() {
        HessianSensitivity hessian = hessian(200);
        QuantizedGraph unread = new QuantizedGraph(GRAPH, List.of(), List.of());
        double error = Math.pow(1 - 18 * 7.0 / 127, 2) * 2;
        assertThat(hessian.of(LAYER, new LayerBits(8, 0), unread)).isCloseTo(0.5 * error, within(0.1 * 0.5 * error));
        assertThat(hessian.of(LAYER, new LayerBits(3, 0), unread))
                .isGreaterThan(1000 * hessian.of(LAYER, new LayerBits(8, 0), unread));
        assertThat(hessian.metric()).isEqualTo("hessian");
    }

    @Test
    void samples_none_areRefused() {
        assertThatThrownBy(() -> hessian(0))
                .isInstanceOf(ModelException.class)
                .hasMessage("sensitivity: 0 samples (expected: at least 1)");
    }
}
