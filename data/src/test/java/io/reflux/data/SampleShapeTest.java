package io.reflux.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class SampleShapeTest {

    @Test
    void shape_ofColourImage_multipliesItsDimensions() {
        SampleShape shape = new SampleShape(3, 32, 16);

        assertThat(shape.elements()).isEqualTo(1536);
        assertThat(shape.dimensions()).containsExactly(3, 32, 16);
        assertThat(shape).hasToString("3x32x16");
    }

    @Test
    void shape_withoutRows_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SampleShape(1, 0, 28))
                .withMessage("height: 0 (expected: >= 1)");
    }

    @Test
    void shape_thatOverflows_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SampleShape(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE))
                .withMessage("shape: 2147483647 x 2147483647 x 2147483647 (expected: at most 67108864 elements)");
    }

    @Test
    void shape_ofMostElements_isAccepted() {
        assertThat(new SampleShape(1, 8192, 8192).elements()).isEqualTo(SampleShape.MAX_ELEMENTS);
    }
}
