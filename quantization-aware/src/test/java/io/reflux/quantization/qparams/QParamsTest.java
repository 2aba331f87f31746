package io.reflux.quantization.qparams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphTensor;
import io.reflux.model.graph.ModelException;
import io.reflux.model.graph.ModelGraph;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class QParamsTest {

    @Property
    void fakeQuantize_inRange_isWithinHalfAStepAndIdempotent(
            @ForAll @FloatRange(min = -100, max = 0) float least,
            @ForAll @FloatRange(min = 0.01f, max = 100) float most,
            @ForAll @FloatRange(min = 0, max = 1) float share,
            @ForAll @IntRange(min = 2, max = 8) int bits,
            @ForAll boolean symmetric) {
        Scheme scheme = symmetric ? Scheme.symmetric(bits) : Scheme.unsigned(bits);
        QParams qparams = scheme.qparams(new Range(least, most));
        float x = least + share * (most - least);
        float y = qparams.fakeQuantize(x);
        // The zero point is rounded, so that one end of an asymmetric range may lie half a step outside.
        double halves = symmetric ? 0.5 : 1;
        assertThat((double) y).isCloseTo(x, within(qparams.scale() * halves * 1.0001));
        assertThat(qparams.fakeQuantize(y)).isEqualTo(y);
        assertThat(qparams.fakeQuantize(0)).isEqualTo(0);
    }

    @Property
    void quantize_ofALargerValue_isNoSmaller(
            @ForAll @FloatRange(min = -10, max = 10) float a, @ForAll @FloatRange(min = -10, max = 10) float b) {
        QParams qparams = Scheme.unsigned(8).qparams(new Range(-3, 5));
        assertThat(qparams.quantize(Math.max(a, b))).isGreaterThanOrEqualTo(qparams.quantize(Math.min(a, b)));
    }

    /** 65,536 random values and every half between two steps, where a product with 1 / scale would round otherwise. */
    @Test
    void quantize_andOnnxRuntime_agreeBitForBit() throws OrtException {
        QParams qparams = Scheme.unsigned(8).qparams(new Range(-1.7f, 4.3f));
        float[] x = new float[65536];
        Random random = new Random(1);
        for (int i = 0; i < x.length; i++) {
            x[i] = i < 1024 ? (i - 512) * 0.5f * qparams.scale() : random.nextFloat() * 8 - 3;
        }
        ModelGraph graph = ModelGraph.builder("quantize")
                .input("x", ElementType.FLOAT, x.length)
                .output("q", ElementType.UINT8, x.length)
                .initializer(GraphTensor.of("scale", new long[0], new float[] {qparams.scale()}))
                .initializer(
                        GraphTensor.of("zero_point", ElementType.UINT8, new long[0], new long[] {qparams.zeroPoint()}))
                .node("QuantizeLinear", "quantize", List.of("x", "scale", "zero_point"), List.of("q"))
                .build();
        byte[] codes = new byte[x.length];
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(graph.toByteArray());
                OnnxTensor input = OnnxTensor.createTensor(environment, FloatBuffer.wrap(x), new long[] {x.length});
                OrtSession.Result result = session.run(Map.of("x", input))) {
            ((OnnxTensor) result.get(0)).getByteBuffer().get(codes);
        }
        for (int i = 0; i < x.length; i++) {
            assertThat(qparams.quantize(x[i])).isEqualTo(Byte.toUnsignedInt(codes[i]));
        }
    }

    @Test
    void scheme_ofADeadChannel_keepsZeroAsZero() {
        QParams dead = Scheme.symmetric(8).qparams(new Range(0, 0));
        assertThat(dead).isEqualTo(new QParams(1, 0, -128, 127));
        assertThat(dead.fakeQuantize(0)).isZero();
    }

    @Test
    void scheme_ofAConstant_keepsItsValue() {
        QParams constant = Scheme.unsigned(8).qparams(new Range(3, 3));
        assertThat(constant.fakeQuantize(3)).isEqualTo(3);
    }

    @Test
    void scheme_ofNonNegativeValues_hasZeroPointZero() {
        assertThat(Scheme.unsigned(8).qparams(new Range(0.25f, 6)).zeroPoint()).isZero();
    }

    @Test
    void settings_outOfRange_areRefused() {
        assertThatThrownBy(() -> Scheme.symmetric(9))
                .isInstanceOf(ModelException.class)
                .hasMessage("bits: 9 (expected: 1 to 8)");
        assertThatThrownBy(() -> new QParams(0, 0, -128, 127)).hasMessage("scale: 0.0 (expected: > 0 and finite)");
        assertThatThrownBy(() -> new QParams(1, 300, 0, 255)).hasMessage("zeroPoint: 300 (expected: 0 to 255)");
        assertThatThrownBy(() -> new Range(1, Float.NaN))
                .hasMessage("range: [1.0, NaN] (expected: finite, least <= most)");
    }
}
