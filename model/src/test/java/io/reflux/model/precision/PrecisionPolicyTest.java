package io.reflux.model.precision;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.operator.Operators;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class PrecisionPolicyTest {

    @Test
    void named_everyOne_isAnOperator() {
        // The policy goes by the name alone, whatever domain an exporter files the operator under.
        Set<String> known = Operators.supported().stream()
                .map(name -> name.substring(name.lastIndexOf('.') + 1))
                .collect(Collectors.toCollection(TreeSet::new));
        // What a pair of QuantizeLinear and DequantizeLinear becomes.
        known.add("FakeQuantize");
        known.add("Binarize");

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
