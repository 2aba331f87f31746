package io.reflux.student.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.student.source.SourceState;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ProgressLineTest {
    private static ProgressSnapshot snapshot(@Nullable SourceState source) {
        return new ProgressSnapshot(0, 1, "distil", 2, 30, 100, 400, 0.12345, 0.98765, 12345.6, 0.0312, 75, source);
    }

    @Test
    void bar_wideTerminal_showsEverything() {
        assertThat(ProgressLine.bar(snapshot(SourceState.STREAMING), 120))
                .isEqualTo("distil epoch 3/30 step 100/400 [========                      ]"
                        + " loss 0.1235 acc 98.77% 12346/s wait 3% eta 1:15");
    }

    @Test
    void bar_teacherGone_saysSoFirst() {
        assertThat(ProgressLine.bar(snapshot(SourceState.RECONNECTING), 120))
                .contains(" [teacher: reconnecting] loss ");
    }

    @Test
    void bar_noTeacher_saysNothingOfWaiting() {
        assertThat(ProgressLine.bar(snapshot(null), 120)).doesNotContain("wait", "teacher");
    }

    @Property
    void bar_anyWidth_fits(@ForAll @IntRange(min = 20, max = 200) int width) {
        assertThat(ProgressLine.bar(snapshot(SourceState.WAITING), width).length())
                .isLessThanOrEqualTo(width);
    }

    @Test
    void duration_severalLengths_areReadable() {
        assertThat(ProgressLine.duration(-1)).isEqualTo("-");
        assertThat(ProgressLine.duration(59.6)).isEqualTo("1:00");
        assertThat(ProgressLine.duration(3723)).isEqualTo("1:02:03");
    }

    @Test
    void style_noTerminalOrNoColour_isPlain() {
        assertThat(TerminalStyle.of(false, Map.of()).redraw()).isFalse();
        assertThat(TerminalStyle.of(true, Map.of("NO_COLOR", "1")).redraw()).isFalse();
        assertThat(TerminalStyle.of(true, Map.of("TERM", "dumb")).redraw()).isFalse();
        assertThat(TerminalStyle.of(true, Map.of("TERM", "xterm"))).isEqualTo(new TerminalStyle(true, true, 100));
    }

    @Test
    void style_columns_areTakenWhenTheyAreANumber() {
        assertThat(TerminalStyle.of(true, Map.of("COLUMNS", "72")).width()).isEqualTo(72);
        assertThat(TerminalStyle.of(true, Map.of("COLUMNS", "7")).width()).isEqualTo(20);
        assertThat(TerminalStyle.of(true, Map.of("COLUMNS", "wide")).width()).isEqualTo(100);
    }
}
