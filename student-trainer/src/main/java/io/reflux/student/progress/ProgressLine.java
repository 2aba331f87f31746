package io.reflux.student.progress;

import io.reflux.student.source.SourceState;
import java.util.Locale;

/** Writes a snapshot as one line that fits the terminal. */
final class ProgressLine {
    private static final int MIN_BAR = 6;
    private static final int MAX_BAR = 30;

    private ProgressLine() {}

    /** Returns a line of at most {@code width} columns, with a bar where there is room. */
    static String bar(ProgressSnapshot at, int width) {
        String head = head(at);
        String tail = tail(at);
        int room = width - head.length() - tail.length() - 4;
        String bar = room < MIN_BAR ? "" : " " + bar(at.done(), Math.min(MAX_BAR, room));
        String line = head + bar + " " + tail;
        return line.length() <= width ? line : line.substring(0, width);
    }

    /** Returns a line without a bar, of any length. */
    static String plain(ProgressSnapshot at) {
        return head(at) + " " + tail(at);
    }

    private static String head(ProgressSnapshot at) {
        String stage = at.numStages() > 1 ? (at.stage() + 1) + "/" + at.numStages() + " " : "";
        return String.format(
                Locale.ROOT,
                "%s%s epoch %d/%d step %d/%d",
                stage,
                at.kind(),
                at.epoch() + 1,
                at.epochs(),
                at.stepInEpoch(),
                at.stepsPerEpoch());
    }

    private static String tail(ProgressSnapshot at) {
        String line = String.format(
                Locale.ROOT, "loss %.4g acc %.2f%% %.0f/s", at.loss(), 100 * at.accuracy(), at.samplesPerSecond());
        if (at.source() != null) {
            line += String.format(Locale.ROOT, " wait %.0f%%", 100 * at.waitingShare());
        }
        line += " eta " + duration(at.etaSeconds());
        return at.source() == null || at.source() == SourceState.STREAMING
                ? line
                : "[teacher: " + at.source().label() + "] " + line;
    }

    private static String bar(double done, int width) {
        int full = (int) Math.round(done * width);
        return "[" + "=".repeat(full) + " ".repeat(width - full) + "]";
    }

    /** Returns {@code 1:02:03} or {@code 2:03}, or {@code -} when it is not known. */
    static String duration(double seconds) {
        if (seconds < 0 || !Double.isFinite(seconds)) {
            return "-";
        }
        long whole = Math.round(seconds);
        return whole >= 3600
                ? String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
    }
}
