package io.reflux.student.ledger;

import io.reflux.model.file.WholeFile;
import io.reflux.student.failure.TrainingFailure;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A ledger as CSV: the models as comments, then a line a batch. */
public final class LedgerFile {
    private LedgerFile() {}

    /**
     * Writes the ledger, whole or not at all.
     *
     * @throws TrainingFailure with code RESOURCE when the file cannot be written
     */
    public static void write(Path file, Ledger ledger) {
        try {
            WholeFile.write(file, out -> {
                Writer text = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
                write(text, ledger);
                text.flush();
            });
        } catch (UncheckedIOException e) {
            throw failure(file, e.getCause());
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    private static TrainingFailure failure(Path file, IOException cause) {
        return new TrainingFailure(
                TrainingFailure.Code.RESOURCE,
                "ledger " + file + ": cannot be written: " + WholeFile.reason(cause),
                cause);
    }

    private static void write(Writer out, Ledger ledger) throws IOException {
        out.write("# labels " + ledger.summary().rollingHash() + "\n");
        List<String> models = ledger.models();
        for (int i = 0; i < models.size(); i++) {
            out.write("# model " + i + " " + models.get(i) + "\n");
        }
        out.write("stage,batch,applied,model,labels\n");
        ledger.forEach(entry -> {
            try {
                out.write(entry.stage() + "," + entry.batchId() + "," + entry.times() + ","
                        + (entry.model() < 0 ? "," : entry.model() + "," + String.format("%016x", entry.labels()))
                        + "\n");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
