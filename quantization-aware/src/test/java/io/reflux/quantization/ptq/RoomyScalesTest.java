package io.reflux.quantization.ptq;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphLinks;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelGraph;
import io.reflux.quantization.placement.Layers;
import io.reflux.quantization.placement.Placement;
import io.reflux.quantization.placement.QuantizedWeight;
import io.reflux.quantization.qparams.Granularity;
import io.reflux.quantization.qparams.QParams;
import io.reflux.quantization.target.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Biases of 3, −6 and 0 have room in 2³⁰ units of inputScale · weightScale, with an inputScale of ½, from weightScales of |bias| · 2⁻²⁹. */
final class RoomyScalesTest {

    private static final float[] BIASES = {3, -6, 0};

    /** Integers · ½ → Gemm. */
    private static ModelGraph graph() {
        return ModelGraph.builder("g")
                .input("q", ElementType.UINT8, -1, 2)
                .output("y", ElementType.FLOAT, -1, 3)
                .initializer(GraphTensor.of("scale", new long[0], new float[] {0.5f}))
                .initializer(GraphTensor.of("w", new long[] {2, 3}, new float[6]))
                .initializer(GraphTensor.of("b", new long[] {3}, BIASES))
                .node("DequantizeLinear", "d", List.of("q", "scale"), List.of("x"))
                .node("Gemm", "fc", List.of("x", "w", "b"), List.of("y"), Attributes.NONE)
                .build();
    }

    private static List<QParams> roomy(Granularity granularity, float... scales) {
        ModelGraph graph = graph();
        QuantizedWeight weight =
                new QuantizedWeight("w", List.of("fc"), Layers.WEIGHT, granularity, Target.ONNXRUNTIME_CPU.weights(8));
        Placement placement = new Placement(Map.of(), List.of(weight), List.of("fc"));
        List<QParams> qparams = new ArrayList<>();
        for (float scale : scales) {
            qparams.add(new QParams(scale, 0, -127, 127));
        }
        return new RoomyScales(graph, GraphLinks.of(graph), placement, Map.of())
                .of(Map.of(weight, qparams))
                .get(weight);
    }

    @Test
    void scaleOfEachOutput_hasRoomForItsBias() {
        assertThat(roomy(new Granularity.PerAxis(1), 1e-12f, 1, 1e-12f))
                .extracting(QParams::scale)
                .containsExactly(0x3p-29f, 1f, 1e-12f);
    }

    @Test
    void scaleOfAllOutputs_hasRoomForTheLargestBias() {
        assertThat(roomy(Granularity.PER_TENSOR, 1e-12f))
                .extracting(QParams::scale)
                .containsExactly(0x6p-29f);
        assertThat(roomy(Granularity.PER_TENSOR, 1f)).extracting(QParams::scale).containsExactly(1f);
    }
}
