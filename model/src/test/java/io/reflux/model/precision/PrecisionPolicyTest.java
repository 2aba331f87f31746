package io.reflux.model.precision;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.operator.Operators;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class PrecisionPolicyTest {

    @Test
    void named_everyOne_isAnOperator() {
        Set<String> known = new TreeSet<>(Operators.supported());
        // What a pair of QuantizeLinear and DequantizeLinear becomes.
        known.add("FakeQuantize");

        assertThat(known).containsAll(PrecisionPolicy.named());
    }

    @Test
    void of_oneOfEachKind_isAsDocumented() {
        assertThat(PrecisionPolicy.of("Conv")).isEqualTo(OperatorPrecision.LOW);
        assertThat(PrecisionPolicy.of("Softmax")).isEqualTo(OperatorPrecision.FULL);
        assertThat(PrecisionPolicy.of("Relu")).isEqualTo(OperatorPrecision.FOLLOW);
        assertThat(PrecisionPolicy.of("BatchNormalization")).isEqualTo(OperatorPrecision.STATISTICS);
    }
}
