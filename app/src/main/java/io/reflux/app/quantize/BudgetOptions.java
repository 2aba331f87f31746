package io.reflux.app.quantize;

import io.reflux.app.console.ByteSize;
import io.reflux.app.console.UsageException;
import io.reflux.model.graph.ModelException;
import io.reflux.quantization.plan.Budget;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of which one says what the quantised network may take. */
final class BudgetOptions {

    @Option(
            names = "--budget-bytes",
            paramLabel = "SIZE",
            required = true,
            description = "Bytes of the file, such as 60k or 1m.")
    private @Nullable String bytes;

    @Option(
            names = "--budget-ratio",
            paramLabel = "RATIO",
            required = true,
            description = "Bytes of the file as a part of those of the file in floats, such as 0.15.")
    private @Nullable Double ratio;

    @Option(
            names = "--average-bits",
            paramLabel = "BITS",
            required = true,
            description = "Mean bits of the numbers in all weights, such as 4.")
    private @Nullable Double averageBits;

    @Option(
            names = "--budget-ms",
            paramLabel = "MS",
            required = true,
            description = "Milliseconds of a call with one sample, on one thread.")
    private @Nullable Double milliseconds;

    /** Whether layers have to be timed. */
    boolean isTime() {
        return milliseconds != null;
    }

    /**
     * The budget.
     *
     * @param floatBytes of the file in floats
     * @throws UsageException where it is out of its range
     */
    Budget budget(long floatBytes) {
        try {
            if (bytes != null) {
                return new Budget.Bytes(ByteSize.parse("--budget-bytes", bytes));
            }
            if (averageBits != null) {
                return new Budget.AverageBits(averageBits);
            }
            if (milliseconds != null) {
                return new Budget.Milliseconds(milliseconds);
            }
            if (ratio != null && ratio > 0 && ratio <= 1) {
                return new Budget.Bytes((long) (ratio * floatBytes));
            }
            throw new UsageException("--budget-ratio: " + ratio + " (expected: > 0 and <= 1)");
        } catch (ModelException | IllegalArgumentException e) {
            throw new UsageException(e);
        }
    }
}
