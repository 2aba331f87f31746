package io.reflux.student.progress;

import io.reflux.student.hook.EpochRecord;
import io.reflux.student.hook.EpochTotals;
import io.reflux.student.hook.Rates;
import io.reflux.student.hook.StageStart;
import io.reflux.student.hook.StepHook;
import io.reflux.student.hook.StepRecord;
import io.reflux.student.source.CurrentSource;
import io.reflux.student.source.SourceState;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows a run to a person. On a terminal one line is redrawn five times a second, also while the step waits; elsewhere a line
 * is written for the first and the last epoch of a stage and for one every five seconds between them, at the latest
 * every 30 seconds, and whenever the teacher goes away or comes back.
 */
public final class Progress implements StepHook, AutoCloseable {
    private static final long REDRAW_MILLIS = 200;
    private static final long PLAIN_NANOS = 30_000_000_000L;
    /** Short epochs would fill a log with lines. */
    private static final long EPOCH_NANOS = 5_000_000_000L;
    /** Weight of the past in the moving averages, for each step of a tenth of a second or more. */
    private static final double SMOOTHING = 0.9;

    private static final String CLEAR = "\r\u001b[2K";

    private final PrintStream out;
    private final TerminalStyle style;
    private final CurrentSource source;
    private final LongSupplier nanoClock;
    private final ScheduledExecutorService timer;

    private @Nullable StageStart stage;
    private int epoch;
    private long step;
    private EpochTotals totals = EpochTotals.NONE;
    private final Rates rates = new Rates(SMOOTHING);
    private final Pace pace = new Pace();
    private long lastPlain;
    private boolean epochTold;
    private long lastEpoch;
    private @Nullable SourceState lastState;

    /**
     * Begins to show; nothing is written before the first stage.
     *
     * @param out where to; stays open
     * @param style how
     * @param source whose state is shown while it is not streaming
     * @param nanoClock monotonic time in nanoseconds
     */
    public Progress(PrintStream out, TerminalStyle style, CurrentSource source, LongSupplier nanoClock) {
        this.out = out;
        this.style = style;
        this.source = source;
        this.nanoClock = nanoClock;
        this.timer = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "reflux-progress");
            thread.setDaemon(true);
            return thread;
        });
        timer.scheduleAtFixedRate(this::tick, REDRAW_MILLIS, REDRAW_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized void onStage(StageStart start) {
        stage = start;
        step = start.firstStep();
        // A stage that is resumed at its very end has no epoch left.
        epoch = (int) Math.min(step / start.batchesPerEpoch(), start.epochs() - 1L);
        epochTold = false;
        totals = EpochTotals.NONE;
        lastPlain = nanoClock.getAsLong();
        pace.begin(lastPlain);
        rates.reset();
    }

    @Override
    public synchronized void onStep(StepRecord done) {
        step = done.step() + 1;
        epoch = done.epoch();
        totals = totals.plus(done);
        rates.add(done);
        pace.step(nanoClock.getAsLong());
    }

    @Override
    public synchronized void onEpoch(EpochRecord done) {
        StageStart start = stage;
        if (start == null) {
            return;
        }
        boolean ofTokens = totals.positions() > totals.rows();
        totals = EpochTotals.NONE;
        long now = nanoClock.getAsLong();
        boolean firstOrLast = !epochTold || done.epoch() == start.epochs() - 1;
        if (!style.redraw() && !firstOrLast && now - lastEpoch < EPOCH_NANOS) {
            return;
        }
        epochTold = true;
        lastEpoch = now;
        lastPlain = now;
        tell(start, done, ofTokens);
    }

    private void tell(StageStart start, EpochRecord done, boolean ofTokens) {
        String agreement =
                done.agreement() == null ? "" : String.format(Locale.ROOT, " agree %.2f%%", 100 * done.agreement());
        String validation = validation(done, ofTokens);
        String waiting =
                done.agreement() == null ? "" : String.format(Locale.ROOT, " wait %.1f%%", 100 * done.waitingShare());
        line(String.format(
                Locale.ROOT,
                "%s epoch %d/%d loss %.4f train %.2f%%%s%s %.0f samples/s%s",
                start.kind(),
                done.epoch() + 1,
                start.epochs(),
                done.loss(),
                100 * done.trainAccuracy(),
                validation,
                agreement,
                done.samplesPerSecond(),
                waiting));
    }

    /** A language model is known by its perplexity, a classifier by its accuracy. */
    private static String validation(EpochRecord done, boolean ofTokens) {
        Double loss = done.validationLoss();
        Double accuracy = done.validationAccuracy();
        if (loss == null || accuracy == null) {
            return "";
        }
        return ofTokens
                ? String.format(Locale.ROOT, " validation loss %.4f perplexity %.2f", loss, Math.exp(loss))
                : String.format(Locale.ROOT, " validation %.2f%%", 100 * accuracy);
    }

    @Override
    public synchronized void onEnd() {
        if (style.redraw() && stage != null) {
            out.print(CLEAR);
            out.flush();
        }
        stage = null;
    }

    private synchronized void tick() {
        StageStart start = stage;
        if (start == null) {
            return;
        }
        SourceState state = source.state();
        if (away(state)) {
            pace.interrupt();
        }
        if (style.redraw()) {
            out.print(CLEAR + ProgressLine.bar(snapshot(start), style.width() - 1));
            out.flush();
            return;
        }
        boolean changed = state != lastState && state != null && (away(state) || away(lastState));
        lastState = state;
        if (changed || nanoClock.getAsLong() - lastPlain >= PLAIN_NANOS) {
            lastPlain = nanoClock.getAsLong();
            line(ProgressLine.plain(snapshot(start)));
        }
    }

    private static boolean away(@Nullable SourceState state) {
        return state == SourceState.RECONNECTING || state == SourceState.WAITING;
    }

    private void line(String text) {
        out.print((style.redraw() ? CLEAR : "") + text + System.lineSeparator());
        out.flush();
    }

    private ProgressSnapshot snapshot(StageStart start) {
        double positions = Math.max(1, totals.positions());
        return new ProgressSnapshot(
                start.stage(),
                start.numStages(),
                start.kind(),
                epoch,
                start.epochs(),
                (int) (step - (long) epoch * start.batchesPerEpoch()),
                start.batchesPerEpoch(),
                totals.loss() / positions,
                totals.correct() / positions,
                rates.rowsPerSecond(),
                rates.waitingShare(),
                pace.secondsFor(start.steps() - step),
                source.state());
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
