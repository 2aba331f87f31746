package io.reflux.app.label;

import io.reflux.app.console.ByteSize;
import io.reflux.app.console.ExitCode;
import io.reflux.app.console.Json;
import io.reflux.teacher.cache.RowCache;
import io.reflux.teacher.cache.Tier;
import io.reflux.teacher.label.CacheFillReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;

/** What a fill came to, and why not all is kept where it is not. */
final class FillSummary {
    private final Path folder;
    private final String modelDigest;
    private final CacheFillReport report;
    private final long folderBytes;
    private final long evictions;
    private final boolean written;
    private final String bound;

    /** What {@code --json} prints. */
    private record Printed(
            String folder,
            String modelDigest,
            CacheFillReport rows,
            long folderBytes,
            long evictions,
            boolean complete) {}

    /** @param bound of the folder, as it was asked for */
    FillSummary(Path folder, String modelDigest, CacheFillReport report, RowCache cache, String bound) {
        this.folder = folder;
        this.modelDigest = modelDigest;
        this.report = report;
        this.folderBytes = cache.bytes(Tier.DISK);
        this.evictions = cache.evictions(Tier.DISK);
        this.written = cache.writesToDisk();
        this.bound = bound;
    }

    private boolean complete() {
        return report.done() == report.total() && evictions == 0 && written && report.nonFinite() == 0;
    }

    /** Prints it, and returns the exit code that it stands for. */
    int print(boolean json, PrintWriter out, PrintWriter err) {
        if (json) {
            out.println(Json.pretty(
                    new Printed(folder.toString(), modelDigest, report, folderBytes, evictions, complete())));
        } else {
            out.printf(
                    Locale.ROOT,
                    "%s: %,d of %,d rows, %s: %,d were there, %,d computed%n",
                    folder,
                    report.known() + report.computed(),
                    report.total(),
                    ByteSize.text(report.bytes()),
                    report.known(),
                    report.computed());
        }
        out.flush();
        printWhatIsMissing(err);
        return complete() ? ExitCode.OK : ExitCode.FAILED;
    }

    private void printWhatIsMissing(PrintWriter err) {
        if (report.done() < report.total()) {
            err.println("reflux: interrupted; the same command goes on");
        }
        if (!written) {
            err.println("reflux: " + folder + " could not be written (expected: room on its disk)");
        }
        if (evictions > 0) {
            err.printf(
                    Locale.ROOT,
                    "reflux: the folder is too small: some %,d rows were dropped (expected: --cache-disk above %s)%n",
                    evictions,
                    bound);
        }
        if (report.nonFinite() > 0) {
            err.printf(
                    Locale.ROOT,
                    "reflux: the model gave NaN or infinity for %,d views, which are not kept (expected: 0)%n",
                    report.nonFinite());
        }
    }
}
