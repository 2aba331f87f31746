package io.reflux.proto.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class RowRangeTest {

    @Property
    void split_any_coversEveryRowOnce_withinTheBytes(
            @ForAll @IntRange(max = 3000) int rows,
            @ForAll @IntRange(min = 1, max = 5000) int rowBytes,
            @ForAll @IntRange(min = 1, max = 70_000) int maxBytes) {
        int next = 0;
        for (RowRange range : RowRange.split(rows, rowBytes, maxBytes)) {
            assertThat(range.first()).isEqualTo(next);
            assertThat(range.count() == 1 || (long) range.count() * rowBytes <= maxBytes)
                    .isTrue();
            next += range.count();
        }
        assertThat(next).isEqualTo(rows);
    }

    @Test
    void split_rowLargerThanTheBytes_standsAlone() {
        assertThat(RowRange.split(2, 100, 10)).isEqualTo(List.of(new RowRange(0, 1), new RowRange(1, 1)));
    }

    @Test
    void split_badArguments_areRefused() {
        assertThatThrownBy(() -> RowRange.split(1, 0, 1)).hasMessage("rowBytes: 0 (expected: >= 1)");
        assertThatThrownBy(() -> RowRange.split(1, 1, 0)).hasMessage("maxBytes: 0 (expected: >= 1)");
        assertThatThrownBy(() -> new RowRange(-1, 1)).hasMessage("first: -1 (expected: >= 0)");
        assertThatThrownBy(() -> new RowRange(0, 0)).hasMessage("count: 0 (expected: >= 1)");
    }
}
