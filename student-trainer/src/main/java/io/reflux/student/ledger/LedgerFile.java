package io.reflux.student.ledger;

import io.reflux.student.failure.TrainingFailure;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** A ledger as CSV: the models as comments, then a line a batch. */
public final class LedgerFile {
    private LedgerFile() {}

    /**
     * Writes the ledger beside its final name, then renames it.
     *
     * @throws TrainingFailure with code RESOURCE when the file cannot be written
     */
    public static void write(Path file, Ledger ledger) {
        Path beside = file.resolveSibling(file.getFileName() + ".part");
        try {
            try (BufferedWriter out = Files.newBufferedWriter(beside)) {
                write(out, ledger);
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | UncheckedIOException e) {
            throw new TrainingFailure(
                    TrainingFailure.Code.RESOURCE, "ledger " + file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private static void write(BufferedWriter out, Ledger ledger) throws IOException {
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
