package io.reflux.app.label;

import io.reflux.student.progress.TerminalStyle;
import io.reflux.teacher.label.CacheFillReport;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Shows a fill to a person, as a run is shown: on a terminal one line that is redrawn five times a second, elsewhere a line
 * every 30 seconds.
 */
final class FillProgress implements Consumer<CacheFillReport> {
    private static final long REDRAW_NANOS = 200_000_000L;
    private static final long PLAIN_NANOS = 30_000_000_000L;
    private static final int BAR = 30;
    private static final String CLEAR = "\r\u001b[2K";

    private final PrintStream out;
    private final TerminalStyle style;
    private final LongSupplier nanoClock;
    private final long begun;
    private long next;

    FillProgress(PrintStream out, TerminalStyle style, LongSupplier nanoClock) {
        this.out = out;
        this.style = style;
        this.nanoClock = nanoClock;
        this.begun = nanoClock.getAsLong();
        this.next = begun + (style.redraw() ? REDRAW_NANOS : PLAIN_NANOS);
    }

    @Override
    public void accept(CacheFillReport at) {
        long now = nanoClock.getAsLong();
        if (now - next < 0) {
            return;
        }
        next = now + (style.redraw() ? REDRAW_NANOS : PLAIN_NANOS);
        String line = line(at, (now - begun) / 1e9);
        out.print(
                style.redraw()
                        ? CLEAR + line.substring(0, Math.min(line.length(), style.width() - 1))
                        : line + System.lineSeparator());
        out.flush();
    }

    /** Removes what was drawn. */
    void end() {
        if (style.redraw()) {
            out.print(CLEAR);
            out.flush();
        }
    }

    private String line(CacheFillReport at, double seconds) {
        double share = at.total() == 0 ? 1 : (double) at.done() / at.total();
        int full = (int) Math.round(share * BAR);
        String bar = style.redraw() ? "[" + "=".repeat(full) + " ".repeat(BAR - full) + "] " : "";
        return String.format(
                Locale.ROOT,
                "label %d/%d %s%.0f%% %.0f/s known %d eta %s",
                at.done(),
                at.total(),
                bar,
                100 * share,
                at.done() / seconds,
                at.known(),
                duration(seconds / Math.max(1, at.done()) * (at.total() - at.done())));
    }

    private static String duration(double seconds) {
        long whole = Math.round(seconds);
        return whole >= 3600
                ? String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
    }
}
