package io.reflux.student.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.student.hook.EpochRecord;
import io.reflux.student.hook.StageStart;
import io.reflux.student.source.CurrentSource;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ProgressTest {
    private static final EpochRecord EPOCH =
            new EpochRecord(0, 0, 1.5, 0.4, 1.1, 0.6, 0.7, 0.8, 0.9, 0.05, 20, 1.0, 0.25);

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);

    private String written() {
        return written.toString(StandardCharsets.UTF_8);
    }

    @Test
    void onEpoch_plain_isOneLineWithoutEscapes() {
        try (Progress progress = new Progress(out, TerminalStyle.PLAIN, new CurrentSource(), System::nanoTime)) {
            progress.onStage(new StageStart(0, 1, "distil", 2, 2, 20, 0));
            progress.onEpoch(EPOCH);
            progress.onEnd();
        }

        assertThat(written())
                .isEqualTo("distil epoch 1/2 loss 1.5000 train 60.00% validation 80.00% agree 70.00% 20 samples/s"
                        + " wait 25.0%" + System.lineSeparator());
    }

    @Test
    void onEpoch_plainAndManyShortOnes_tellsTheFirstTheLastAndOneInFiveSeconds() {
        AtomicLong clock = new AtomicLong();
        try (Progress progress = new Progress(out, TerminalStyle.PLAIN, new CurrentSource(), clock::get)) {
            progress.onStage(new StageStart(0, 1, "train", 100, 2, 20, 0));
            for (int epoch = 0; epoch < 100; epoch++) {
                // Epochs end at 0, 0.2, ... 19.8 s.
                clock.set(epoch * 200_000_000L);
                progress.onEpoch(new EpochRecord(0, epoch, 1, 0, 1, 0.6, null, null, null, 0.05, 20, 0.2, 0));
            }
            progress.onEnd();
        }

        assertThat(written().lines().map(line -> line.split(" ")[2]))
                .containsExactly("1/100", "26/100", "51/100", "76/100", "100/100");
    }

    @Test
    void onStage_terminal_redrawsByItself() {
        try (Progress progress =
                new Progress(out, new TerminalStyle(true, true, 80), new CurrentSource(), System::nanoTime)) {
            progress.onStage(new StageStart(0, 1, "train", 2, 2, 20, 0));
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (!written().contains("train epoch 1/2 step 0/2")) {
                assertThat(System.nanoTime()).as("time is up").isLessThan(end);
                Thread.onSpinWait();
            }
            progress.onEnd();
        }

        assertThat(written()).startsWith("\r\u001b[2K").endsWith("\r\u001b[2K");
    }
}
