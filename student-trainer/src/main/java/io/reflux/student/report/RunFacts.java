package io.reflux.student.report;

import io.reflux.quantization.fidelity.Fidelity;
import io.reflux.student.hook.EpochRecord;
import io.reflux.student.ledger.LedgerSummary;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run knows of itself when training is over.
 *
 * @param history every epoch, those before a resume included
 * @param labelBytes bytes of soft labels received
 * @param reconnects connections made again
 * @param ledger what was applied
 * @param fidelity a quantised file's logits against those of the graph that was trained, null for one in floats
 * @param totalSeconds time so far
 */
public record RunFacts(
        List<EpochRecord> history,
        long labelBytes,
        long reconnects,
        LedgerSummary ledger,
        @Nullable Fidelity fidelity,
        double totalSeconds) {
    /** Copies the list. */
    public RunFacts {
        history = List.copyOf(history);
    }

    double trainingSeconds() {
        return history.stream().mapToDouble(EpochRecord::seconds).sum();
    }

    double samplesPerSecond() {
        double seconds = trainingSeconds();
        return seconds > 0 ? history.stream().mapToLong(EpochRecord::samples).sum() / seconds : 0;
    }

    double waitingShare() {
        double seconds = trainingSeconds();
        return seconds > 0
                ? history.stream().mapToDouble(EpochRecord::waitingSeconds).sum() / seconds
                : 0;
    }
}
