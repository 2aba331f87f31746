package io.reflux.model.operator.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.model.operator.spi.SymbolicInt.Operation;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SymbolicIntTest {

    private static final SymbolicInt BATCH = new SymbolicInt.SizeOf("x", 0);

    @Test
    void literals_areComputed() {
        assertThat(of(Operation.DIVIDE, -7, 2)).contains(SymbolicInt.of(-3));
        assertThat(of(Operation.MODULO, -7, 3)).contains(SymbolicInt.of(2));
        assertThat(of(Operation.MAXIMUM, -7, 3)).contains(SymbolicInt.of(3));
        assertThat(of(Operation.DIVIDE, 7, 0)).isEmpty();
        assertThat(of(Operation.MULTIPLY, Long.MAX_VALUE, 2)).isEmpty();
    }

    @Test
    void expressions_areSimplified() {
        SymbolicInt twelveTimes =
                SymbolicInt.of(Operation.MULTIPLY, BATCH, SymbolicInt.of(12)).orElseThrow();

        assertThat(SymbolicInt.of(Operation.DIVIDE, twelveTimes, SymbolicInt.of(12)))
                .contains(BATCH);
        assertThat(SymbolicInt.of(Operation.SUBTRACT, BATCH, BATCH)).contains(SymbolicInt.of(0));
        assertThat(SymbolicInt.of(Operation.ADD, SymbolicInt.of(0), BATCH)).contains(BATCH);
        assertThat(SymbolicInt.of(Operation.MODULO, BATCH, SymbolicInt.of(1))).contains(SymbolicInt.of(0));
    }

    @Test
    void division_ofWhatMayBeNegative_isUnknown() {
        SymbolicInt difference =
                SymbolicInt.of(Operation.SUBTRACT, BATCH, SymbolicInt.of(5)).orElseThrow();

        assertThat(SymbolicInt.of(Operation.DIVIDE, difference, SymbolicInt.of(2)))
                .isEmpty();
    }

    @Test
    void text_isAScriptExpression() {
        SymbolicInt half = SymbolicInt.of(Operation.DIVIDE, BATCH, SymbolicInt.of(2))
                .flatMap(h -> SymbolicInt.of(Operation.MINIMUM, h, SymbolicInt.of(9)))
                .orElseThrow();

        assertThat(half.text(name -> name + "_7")).isEqualTo("ops.prim.min((torch.size(x_7, 0) // 2), 9)");
        assertThat(half.dimension()).isEqualTo(-1);
    }

    private static Optional<SymbolicInt> of(Operation operation, long a, long b) {
        return SymbolicInt.of(operation, SymbolicInt.of(a), SymbolicInt.of(b));
    }
}
