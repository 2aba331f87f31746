package io.reflux.app.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class TextTableTest {
    @Test
    void lines_columnsOfAllWidths_alignFirstLeftAndOthersRight() {
        TextTable table = new TextTable("model", "bytes").row("a", "12,345,678").row("longer", "1");

        assertThat(table.lines())
                .containsExactly(
                        "model        bytes", //
                        "──────────────────",
                        "a       12,345,678",
                        "longer           1");
    }

    @Test
    void row_ofAnotherLength_isRefused() {
        TextTable table = new TextTable("model", "bytes");

        assertThatThrownBy(() -> table.row("a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cells: 1 (expected: 2)");
    }

    @Test
    void table_withoutColumns_isRefused() {
        assertThatThrownBy(TextTable::new).hasMessage("heads: none (expected: at least one)");
    }
}
