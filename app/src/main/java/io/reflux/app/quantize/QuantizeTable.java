package io.reflux.app.quantize;

import io.reflux.app.console.TextTable;
import io.reflux.app.quantize.QuantizeResult.MeasuredFile;
import io.reflux.quantization.latency.LayerTime;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** A result for people: a table of both files, then what else there is to know. */
final class QuantizeTable {

    private QuantizeTable() {}

    static void print(PrintWriter out, QuantizeResult result) {
        TextTable table =
                new TextTable("file", "bytes", "ratio", "accuracy", "ms, batch 1", "ms, batch " + FileComparison.BATCH);
        for (MeasuredFile file : List.of(result.floats(), result.integers())) {
            table.row(
                    file.file(),
                    String.format(Locale.ROOT, "%,d", file.bytes()),
                    String.format(
                            Locale.ROOT,
                            "%.3f",
                            (double) file.bytes() / result.floats().bytes()),
                    String.format(
                            Locale.ROOT, "%.2f %%", 100 * file.evaluation().accuracy()),
                    String.format(Locale.ROOT, "%.3f", file.milliseconds()),
                    String.format(Locale.ROOT, "%.3f", file.batchMilliseconds()));
        }
        table.lines().forEach(out::println);
        out.printf(
                Locale.ROOT,
                "%d layers in integers; against the training graph: agreement %.3f %%, largest difference of logits"
                        + " %.4g, mean %.4g%n",
                result.layers().size(),
                100 * result.fidelity().agreement(),
                result.fidelity().maxDifference(),
                result.fidelity().meanDifference());
        for (LayerTime time : result.slower()) {
            out.printf(
                    Locale.ROOT,
                    "%s is slower in integers: a call takes %.3f ms, %.3f with it in floats%s%n",
                    time.layer(),
                    time.integers(),
                    time.floats(),
                    result.layers().contains(time.layer())
                            ? "; --latency-aware leaves it there"
                            : ", where it is left");
        }
        result.notices().forEach(out::println);
    }
}
